package dev.troupe.reward.collaboration;

import dev.troupe.reward.environment.Environment;
import dev.troupe.reward.environment.InvalidTaskException;
import dev.troupe.reward.environment.Judging;
import dev.troupe.reward.environment.Outcome;
import dev.troupe.schemas.avro.RoleObservation;
import dev.troupe.schemas.avro.Step;
import dev.troupe.schemas.avro.Task;
import java.util.List;

/**
 * The form in which the roles of an environment work on one task together: who acts in which turn, what each is shown,
 * and what is judged. It stands between an environment and those who deal and judge, so that an environment plays
 * {@code parallel} and perhaps {@code single}, and is played in the other forms without knowing of them.
 *
 * <p>All forms of a task may write the same number of tokens: as many as the roles together in the parallel form, in
 * the turns that the task allows (the baselines of arXiv 2508.04652, under one budget).
 */
public sealed interface Collaboration permits OwnForm, Pipeline, Discussion {

    /** Side by side, one joint action a turn; the form that every environment has. */
    String PARALLEL = "parallel";

    /** One who works alone. */
    String SINGLE = "single";

    /** One after another, each seeing what those before it wrote. */
    String PIPELINE = "pipeline";

    /** Side by side twice: the second time everyone has seen what all wrote the first time. */
    String DISCUSSION = "discussion";

    /**
     * The form that the task names.
     *
     * @throws InvalidTaskException when the environment cannot be played in it
     */
    static Collaboration of(Environment environment, Task task) throws InvalidTaskException {
        return switch (task.getCollaboration()) {
            case PIPELINE -> new Pipeline(OneTurn.of(environment, task));
            case DISCUSSION -> new Discussion(OneTurn.of(environment, task));
            default -> OwnForm.of(environment, task);
        };
    }

    Environment environment();

    /** Everyone who plays, in the environment's order. */
    List<String> roles();

    /**
     * Turns that an episode takes at most.
     *
     * @param task as it was fed
     */
    int maxTurns(Task task);

    /**
     * Tokens that a completion may have where the task does not say.
     *
     * @param task as it was fed
     * @param length what it would be for one role in one turn of the parallel form
     */
    int maxCompletionLength(Task task, int length);

    /**
     * The first observation of each role that acts in the first turn, in the order of {@link #roles}.
     *
     * @throws InvalidTaskException with a reason that the task's author can act on
     */
    List<RoleObservation> begin(Task task) throws InvalidTaskException;

    /**
     * Judges the last joint action of the step, as {@link Environment#judge} does. Observations of the next turn are of
     * the roles that act in it.
     */
    Outcome judge(Step step, Judging judging) throws InterruptedException;
}
