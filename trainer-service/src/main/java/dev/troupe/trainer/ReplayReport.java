package dev.troupe.trainer;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;

/**
 * What came of a replay.
 *
 * @param teamId team
 * @param from version it began with
 * @param versions that were trained again, in order
 * @param passedOver groups of the team that lie between those of the steps, and that no step names
 * @param firstPassedOver where the first of them lies
 * @param ended why it ended before the last step, if it did
 */
public record ReplayReport(
        String teamId,
        int from,
        List<ReplayedVersion> versions,
        int passedOver,
        Optional<String> firstPassedOver,
        Optional<String> ended) {
    public ReplayReport {
        requireNonNull(teamId, "teamId is null");
        versions = List.copyOf(versions);
    }

    /** Whether every version was trained again, and is the one that was published as far as the log says. */
    public boolean holds() {
        return ended.isEmpty()
                && versions.stream().noneMatch(version -> version.verdict() instanceof ReplayedVersion.Verdict.Differs);
    }
}
