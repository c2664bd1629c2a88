package dev.troupe.reward.coordinator;

import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.EpisodeGroup;
import dev.troupe.schemas.avro.EpisodeStatus;
import dev.troupe.schemas.avro.EpisodeStep;
import dev.troupe.schemas.avro.Message;
import dev.troupe.schemas.avro.Purpose;
import dev.troupe.schemas.avro.Score;
import dev.troupe.schemas.avro.Task;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the records of what has happened: steps to judge, episodes, groups. */
final class EpisodeRecords {

    private EpisodeRecords() {}

    /** The joint action of the last complete turn, with all before it. */
    static Effect.EmitStep step(Task task, Progress progress) {
        return new Effect.EmitStep(StepRecords.last(task, progress.index(), progress.steps()));
    }

    static Episode scored(Task task, Progress progress, Score score, long now) {
        return episode(task, progress, now)
                .setStatus(EpisodeStatus.SCORED)
                .setScore(score)
                .build();
    }

    /** @param progress as far as the episode came, an unfinished turn included */
    static Episode incomplete(Task task, Progress progress, String reason, long now) {
        return episode(task, progress, now)
                .setStatus(EpisodeStatus.INCOMPLETE)
                .setReason(reason)
                .build();
    }

    static EpisodeGroup group(GroupState closed, String closedBy, long now) {
        Task task = closed.task();
        return EpisodeGroup.newBuilder()
                .setTaskId(task.getTaskId())
                .setTeamId(task.getTeamId())
                .setEnvironment(task.getEnvironment())
                .setEpisodes(closed.episodes().stream()
                        .map(EpisodeState.Ended.class::cast)
                        .map(EpisodeState.Ended::episode)
                        .toList())
                .setClosedBy(closedBy)
                .setClosedAt(now)
                .build();
    }

    static boolean trains(Task task) {
        return task.getPurpose() == Purpose.TRAIN;
    }

    /** The same episode without what its turns held. */
    static Episode stripped(Episode episode) {
        return Episode.newBuilder(episode).setSteps(List.of()).build();
    }

    private static Episode.Builder episode(Task task, Progress progress, long now) {
        List<EpisodeStep> steps = progress.steps();
        return Episode.newBuilder()
                .setTaskId(task.getTaskId())
                .setEpisode(progress.index())
                .setEnvironment(task.getEnvironment())
                .setTeamId(task.getTeamId())
                .setCollaboration(task.getCollaboration())
                .setPurpose(task.getPurpose())
                .setSteps(steps)
                .setCriticalPathTokens(criticalPathTokens(steps))
                .setMessageTokens(messageTokens(steps))
                .setDuplicates(progress.duplicates())
                .setRedeals(progress.redeals())
                .setStartedAt(progress.startedAt())
                .setFinishedAt(now);
    }

    /** Parallel roles: the longest; successive turns: the sum. */
    private static int criticalPathTokens(List<EpisodeStep> steps) {
        return steps.stream()
                .mapToInt(step -> step.getActions().stream()
                        .mapToInt(action -> action.getTokenIds().size())
                        .max()
                        .orElse(0))
                .sum();
    }

    private static int messageTokens(List<EpisodeStep> steps) {
        return steps.stream()
                .flatMap(step -> step.getMessages().stream())
                .mapToInt(Message::getTokens)
                .sum();
    }

    /**
     * The judge's reason without its detail: {@code SANDBOX_UNAVAILABLE: ...} becomes {@code UNSCORABLE:SANDBOX_...}.
     */
    static String unscorable(@Nullable String answer) {
        String text = answer == null ? "" : answer;
        int colon = text.indexOf(':');
        String reason = colon < 0 ? text : text.substring(0, colon);
        return reason.matches("[A-Z_]{1,64}")
                ? IncompleteReason.UNSCORABLE + ":" + reason
                : IncompleteReason.UNSCORABLE.name();
    }
}
