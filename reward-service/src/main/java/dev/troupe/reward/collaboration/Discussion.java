package dev.troupe.reward.collaboration;

import dev.troupe.reward.environment.Environment;
import dev.troupe.reward.environment.InvalidTaskException;
import dev.troupe.reward.environment.JointAction;
import dev.troupe.reward.environment.Judging;
import dev.troupe.reward.environment.Outcome;
import dev.troupe.reward.environment.Outcome.Continue;
import dev.troupe.reward.environment.Outcome.Unscorable;
import dev.troupe.reward.environment.UnscorableReason;
import dev.troupe.schemas.avro.ChatMessage;
import dev.troupe.schemas.avro.RoleObservation;
import dev.troupe.schemas.avro.Step;
import dev.troupe.schemas.avro.Task;
import java.util.ArrayList;
import java.util.List;

/** All roles write, are shown what all wrote, and write again; only what they write the second time is judged. */
record Discussion(OneTurn work) implements Collaboration {

    private static final int TURNS = 2;

    @Override
    public Environment environment() {
        return work.environment();
    }

    @Override
    public List<String> roles() {
        return work.roles();
    }

    @Override
    public int maxTurns(Task task) {
        return TURNS;
    }

    /** Both turns together have what a role may write in all turns of the parallel form. */
    @Override
    public int maxCompletionLength(Task task, int length) {
        return Math.max(1, length * task.getMaxTurns() / TURNS);
    }

    @Override
    public List<RoleObservation> begin(Task task) throws InvalidTaskException {
        return work.opening(task);
    }

    @Override
    public Outcome judge(Step step, Judging judging) throws InterruptedException {
        if (!JointAction.isComplete(step, roles())) {
            return new Unscorable(UnscorableReason.INCOMPLETE_STEP, "not every role has acted in every turn");
        }
        return step.getTurn() + 1 < TURNS
                ? secondTurn(step)
                : work.judge(step, step.getJoint().getLast(), judging);
    }

    private Outcome secondTurn(Step step) {
        try {
            var observations = new ArrayList<RoleObservation>();
            for (RoleObservation opening : work.opening(step.getTask())) {
                String role = opening.getRole();
                var chat = new ArrayList<>(opening.getPrompt());
                chat.add(new ChatMessage("assistant", Shown.own(role, step, 0)));
                chat.add(new ChatMessage("user", Shown.to(role, step, 0) + "\nWrite your final answer."));
                observations.add(new RoleObservation(role, chat));
            }
            return new Continue(observations);
        } catch (InvalidTaskException e) {
            return new Unscorable(UnscorableReason.INVALID_TASK, String.valueOf(e.getMessage()));
        }
    }
}
