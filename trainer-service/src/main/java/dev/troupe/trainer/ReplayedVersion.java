package dev.troupe.trainer;

import static java.util.Objects.requireNonNull;

import dev.troupe.schemas.avro.ArtifactFile;
import dev.troupe.schemas.avro.ModelVersion;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A version that was trained again.
 *
 * @param policyId policy
 * @param version its number
 * @param step that made it
 * @param verdict whether it is the one that was published
 */
public record ReplayedVersion(String policyId, int version, long step, Verdict verdict) {
    public ReplayedVersion {
        requireNonNull(policyId, "policyId is null");
        requireNonNull(verdict, "verdict is null");
    }

    /** How the files compare with those that were published. */
    public sealed interface Verdict {
        /** Every file has the digest that was published. */
        record Equal(int files) implements Verdict {}

        /**
         * Not the same bits.
         *
         * @param file the first by name that differs
         * @param published its SHA-256 then; empty when there was no such file
         * @param replayed its SHA-256 now; empty when there is no such file
         */
        record Differs(String file, Optional<String> published, Optional<String> replayed) implements Verdict {}

        /** The log no longer says what was published; versions that training has left behind are compacted away. */
        record Unrecorded() implements Verdict {}
    }

    static ReplayedVersion of(ModelVersion replayed, Optional<ModelVersion> published) {
        return new ReplayedVersion(
                replayed.getPolicyId(),
                replayed.getVersion(),
                replayed.getTrainingStep(),
                published
                        .map(version -> compare(version.getFiles(), replayed.getFiles()))
                        .orElseGet(Verdict.Unrecorded::new));
    }

    private static Verdict compare(List<ArtifactFile> published, List<ArtifactFile> replayed) {
        Map<String, String> then = digests(published);
        Map<String, String> now = digests(replayed);
        var names = new TreeSet<>(then.keySet());
        names.addAll(now.keySet());
        return names.stream()
                .filter(name -> !Objects.equals(then.get(name), now.get(name)))
                .findFirst()
                .<Verdict>map(name -> new Verdict.Differs(
                        name, Optional.ofNullable(then.get(name)), Optional.ofNullable(now.get(name))))
                .orElseGet(() -> new Verdict.Equal(names.size()));
    }

    private static Map<String, String> digests(List<ArtifactFile> files) {
        return files.stream()
                .collect(Collectors.toMap(
                        ArtifactFile::getName, ArtifactFile::getSha256, (_, last) -> last, TreeMap::new));
    }
}
