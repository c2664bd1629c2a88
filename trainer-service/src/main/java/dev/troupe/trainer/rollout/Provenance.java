package dev.troupe.trainer.rollout;

import static java.util.Objects.requireNonNull;

import dev.troupe.schemas.avro.VersionSpan;
import java.util.List;

/**
 * Where a completion comes from.
 *
 * @param episode in which it was drawn, as the action says
 * @param turn of the episode, from 0
 * @param text of the completion, for people
 * @param versions which model version drew which tokens; the spans cover all of them without a gap
 */
public record Provenance(int episode, int turn, String text, List<VersionSpan> versions) {
    public Provenance {
        requireNonNull(text, "text is null");
        if (episode < 0 || turn < 0) {
            throw new IllegalArgumentException("episode and turn must be 0 or more: %d, %d".formatted(episode, turn));
        }
        versions = List.copyOf(versions);
        if (versions.isEmpty()) {
            throw new IllegalArgumentException("versions is empty");
        }
    }

    /** Of a completion of the first turn that one version drew, and that nobody wants to read. */
    public static Provenance of(int episode, int version, int tokens) {
        return new Provenance(episode, 0, "", List.of(new VersionSpan(version, 0, tokens)));
    }
}
