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
 * A form that the environment plays itself: parallel, single, or whatever else a plug-in knows.
 *
 * @param share how often the length of one role of the parallel form fits into what a role here may write
 */
record OwnForm(Environment environment, List<String> roles, int share) implements Collaboration {

    OwnForm {
        roles = List.copyOf(roles);
    }

    static OwnForm of(Environment environment, Task task) throws InvalidTaskException {
        List<String> roles = roles(environment, task);
        boolean alone = task.getCollaboration().equals(SINGLE);
        return new OwnForm(environment, roles, alone ? sideBySide(environment, task) : 1);
    }

    private static List<String> roles(Environment environment, Task task) throws InvalidTaskException {
        try {
            return environment.roles(task);
        } catch (InvalidTaskException e) {
            throw new InvalidTaskException("%s (every environment that plays parallel also plays %s and %s)"
                    .formatted(e.getMessage(), PIPELINE, DISCUSSION));
        }
    }

    /** Roles of the parallel form; one where there is no such form. */
    private static int sideBySide(Environment environment, Task task) {
        try {
            return environment
                    .roles(Task.newBuilder(task).setCollaboration(PARALLEL).build())
                    .size();
        } catch (InvalidTaskException _) {
            return 1;
        }
    }

    @Override
    public int maxTurns(Task task) {
        return task.getMaxTurns();
    }

    @Override
    public int maxCompletionLength(Task task, int length) {
        return length * share;
    }

    @Override
    public List<RoleObservation> begin(Task task) throws InvalidTaskException {
        return environment.begin(task);
    }

    @Override
    public Outcome judge(Step step, Judging judging) throws InterruptedException {
        return environment.judge(step, judging);
    }
}
