package dev.troupe.cli.audit;

import dev.troupe.cli.terminal.Printable;
import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.ModelVersion;
import java.util.List;

/** Lineage as text for people. */
final class LineageReport {

    private LineageReport() {}

    static String of(Episode episode) {
        var text = new StringBuilder();
        line(
                text,
                "%s episode %d of team %s: %s",
                episode.getTaskId(),
                episode.getEpisode(),
                episode.getTeamId(),
                episode.getScore() == null
                        ? "incomplete, " + episode.getReason()
                        : "reward %.4f".formatted(episode.getScore().getReward()));
        for (Lineage.Draw draw : Lineage.draws(episode)) {
            line(
                    text,
                    "    turn %d  role %-12s policy %-16s version %d  tokens %d-%d  by %s",
                    draw.turn(),
                    draw.role(),
                    draw.policyId(),
                    draw.version(),
                    draw.start(),
                    draw.end() - 1,
                    draw.agentId());
        }
        return text.toString();
    }

    /** @param episodes of the version's tasks */
    static String of(ModelVersion version, List<Episode> episodes) {
        var text = new StringBuilder();
        line(
                text,
                "%s version %d: %s, step %d of team %s, %s",
                version.getPolicyId(),
                version.getVersion(),
                version.getParent() == null ? "no parent" : "from version " + version.getParent(),
                version.getTrainingStep(),
                version.getTeamId(),
                version.getArtifactUri());
        version.getFiles().forEach(file -> line(text, "    %s  %s", file.getSha256(), file.getName()));
        tasks(text, version.getPolicyId(), version.getTaskIds(), episodes);
        return text.toString();
    }

    private static void tasks(StringBuilder text, String policyId, List<String> taskIds, List<Episode> episodes) {
        line(text, "    trained on %d tasks", taskIds.size());
        taskIds.stream().sorted().forEach(taskId -> {
            List<Episode> own = episodes.stream()
                    .filter(episode -> episode.getTaskId().equals(taskId))
                    .toList();
            line(
                    text,
                    "    %-24s %d episodes, tokens of this policy by version %s",
                    taskId,
                    own.size(),
                    Lineage.tokensByVersion(own, policyId));
        });
    }

    /** Ids, names and reasons are what somebody wrote to a topic; the line as a whole is made safe. */
    private static void line(StringBuilder text, String format, Object... values) {
        text.append(Printable.text(format.formatted(values))).append(System.lineSeparator());
    }
}
