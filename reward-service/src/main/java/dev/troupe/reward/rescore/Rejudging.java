package dev.troupe.reward.rescore;

import dev.troupe.reward.collaboration.Collaboration;
import dev.troupe.reward.coordinator.CoordinatorOptions;
import dev.troupe.reward.coordinator.StepRecords;
import dev.troupe.reward.environment.Environment;
import dev.troupe.reward.environment.InvalidTaskException;
import dev.troupe.reward.judge.LocalJudge;
import dev.troupe.reward.sandbox.SandboxUnavailableException;
import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.EpisodeStatus;
import dev.troupe.schemas.avro.Judgement;
import dev.troupe.schemas.avro.Step;
import dev.troupe.schemas.avro.Task;
import org.jspecify.annotations.Nullable;

/**
 * Judges past episodes again. The last step is made anew from the record and goes to the judge as it did then, so with
 * nothing changed the score is the recorded one bit for bit.
 */
final class Rejudging {

    private static final String UNSCORABLE = "UNSCORABLE";

    private final Environment environment;
    private final Environment judgedBy;
    private final CoordinatorOptions options;
    private final WeightChange weights;
    private final LocalJudge judge;

    /**
     * @param environment whose episodes these are
     * @param judgedBy the environment that judges them
     * @param options those of the coordinator that dealt the tasks
     */
    Rejudging(
            Environment environment,
            Environment judgedBy,
            CoordinatorOptions options,
            WeightChange weights,
            LocalJudge judge) {
        this.environment = environment;
        this.judgedBy = judgedBy;
        this.options = options;
        this.weights = weights;
        this.judge = judge;
    }

    /** What became of an episode. */
    sealed interface Verdict {
        /** @param episode the same with its new score */
        record Rescored(Episode episode) implements Verdict {}

        record Omitted(LeftOut reason, String detail) implements Verdict {}
    }

    /**
     * Judges an episode.
     *
     * @param task as it was fed; null when it is no longer known
     * @throws SandboxUnavailableException when nothing can be judged here
     */
    Verdict judge(Episode episode, @Nullable Task task) throws SandboxUnavailableException, InterruptedException {
        if (!isJudgeable(episode)) {
            return new Verdict.Omitted(LeftOut.INCOMPLETE, String.valueOf(episode.getReason()));
        }
        if (episode.getSteps().isEmpty()) {
            return new Verdict.Omitted(LeftOut.TURNS_MISSING, "too large to be published with its turns");
        }
        if (task == null) {
            return new Verdict.Omitted(LeftOut.TASK_EXPIRED, "its task is no longer in topic tasks");
        }
        Judgement judgement;
        try {
            judgement = judge.judge(step(episode, task));
        } catch (InvalidTaskException e) {
            return new Verdict.Omitted(LeftOut.UNSCORABLE, String.valueOf(e.getMessage()));
        }
        if (judgement.getUnscorable() != null) {
            return new Verdict.Omitted(LeftOut.UNSCORABLE, judgement.getUnscorable());
        }
        if (judgement.getScore() == null) {
            return new Verdict.Omitted(LeftOut.UNFINISHED, "the judge wants another turn");
        }
        return new Verdict.Rescored(Episode.newBuilder(episode)
                .setStatus(EpisodeStatus.SCORED)
                .setReason(null)
                .setScore(judgement.getScore())
                .build());
    }

    /**
     * What the judge is handed.
     *
     * @throws InvalidTaskException when the environment does not play the task any more
     */
    Step step(Episode episode, Task task) throws InvalidTaskException {
        // Lengths are those of the environment that was played: speed is counted in them.
        Task.Builder filled = Task.newBuilder(StepRecords.filled(task, Collaboration.of(environment, task), options))
                .setEnvironment(judgedBy.name());
        if (!weights.equals(WeightChange.NONE)) {
            filled.setWeights(weights.applyTo(task.getWeights() == null ? judgedBy.weights() : task.getWeights()));
        }
        return StepRecords.last(filled.build(), episode.getEpisode(), episode.getSteps());
    }

    /** Scored, or complete and not scorable at the time. */
    private static boolean isJudgeable(Episode episode) {
        String reason = episode.getReason();
        return switch (episode.getStatus()) {
            case SCORED -> true;
            case INCOMPLETE -> reason != null && (reason.equals(UNSCORABLE) || reason.startsWith(UNSCORABLE + ":"));
        };
    }
}
