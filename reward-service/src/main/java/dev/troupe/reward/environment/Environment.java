package dev.troupe.reward.environment;

import dev.troupe.schemas.avro.RewardWeights;
import dev.troupe.schemas.avro.RoleObservation;
import dev.troupe.schemas.avro.Step;
import dev.troupe.schemas.avro.Task;
import java.util.List;

/**
 * A kind of work that a team does: who plays, what each sees first, and what a joint action is worth.
 *
 * <p>It plays the collaboration {@code parallel} and, where that makes sense, {@code single}; {@code pipeline} and
 * {@code discussion} are made of its parallel form and never reach it.
 *
 * <p>A plug-in: a public class with a public constructor without parameters, named in
 * {@code META-INF/services/dev.troupe.reward.environment.Environment}. It keeps no state and is called by many threads
 * at once; whatever it needs for a judgement it reads from the step.
 *
 * <p>What it throws and how long it takes is contained: calls are made on threads of their own and interrupted when
 * their time is over, {@code coordinator.begin.timeout} or {@code judge.timeout}. Code that computes for long should
 * look at {@link Thread#interrupted()}: a service gives up when too many calls do not heed it.
 */
public interface Environment {

    /** The name that tasks use: 1 to 64 of {@code a-z}, digits, {@code .}, {@code _} and {@code -}; always the same. */
    String name();

    /**
     * The roles that play the task, in the order in which they are listed everywhere.
     *
     * @throws InvalidTaskException when the environment does not know the task's collaboration
     */
    List<String> roles(Task task) throws InvalidTaskException;

    /**
     * The first observation of each role, in the order of {@link #roles}; a role without one does not act in the first
     * turn. Whatever {@link #judge} will read of the task is checked here, so that a task that cannot be judged is
     * refused before anyone works on it.
     *
     * @throws InvalidTaskException with a reason that the task's author can act on
     */
    List<RoleObservation> begin(Task task) throws InvalidTaskException;

    /** The weights of the joint reward where the task has none. */
    RewardWeights weights();

    /**
     * Tokens a completion may have where the task does not say, per role and turn of the parallel form; other forms may
     * spend the same in all.
     */
    int maxCompletionLength();

    /**
     * Judges the last joint action of the step. A pure function of the step: judged again, by any worker, it answers
     * the same. Where the episode goes on, the next turn is dealt to the roles that have an observation.
     *
     * @throws InterruptedException when the worker is stopping and the step will be judged again, or when time is over
     */
    Outcome judge(Step step, Judging judging) throws InterruptedException;
}
