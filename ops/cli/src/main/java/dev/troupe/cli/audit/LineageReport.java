package dev.troupe.cli.audit;

import dev.troupe.cli.terminal.Printable;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.ModelVersion;
import dev.troupe.schemas.avro.TrainingStep;
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
                    "    turn %d  role %-12s draw %d  policy %-16s version %d  tokens %d-%d  by %s",
                    draw.turn(),
                    draw.role(),
                    draw.number(),
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

    /**
     * Of a version whose own record is gone, by what its step still says.
     *
     * @param episodes of the step's tasks
     */
    static String of(TrainingStep step, String policyId, int number, List<Episode> episodes) {
        var text = new StringBuilder();
        line(
                text,
                "%s version %d: step %d of team %s; its files are not known: %s is compacted after %d days",
                policyId,
                number,
                step.getStep(),
                step.getTeamId(),
                TopicCatalog.MODEL_VERSIONS.name(),
                TopicCatalog.MODEL_VERSIONS.retention().toDays());
        tasks(text, policyId, step.getTaskIds(), episodes);
        return text.toString();
    }

    /** What to make of a version of which there is no record. */
    static String missing(String policyId, int number) {
        return ("policy '%s' has no version %d on %s, nor a step that published it on %s: versions are compacted after"
                        + " %d days, all but the latest, and steps are kept %d days")
                .formatted(
                        policyId,
                        number,
                        TopicCatalog.MODEL_VERSIONS.name(),
                        TopicCatalog.TRAINING_STEPS.name(),
                        TopicCatalog.MODEL_VERSIONS.retention().toDays(),
                        TopicCatalog.TRAINING_STEPS.retention().toDays());
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
