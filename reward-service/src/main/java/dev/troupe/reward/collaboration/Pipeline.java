package dev.troupe.reward.collaboration;

import dev.troupe.reward.environment.Environment;
import dev.troupe.reward.environment.InvalidTaskException;
import dev.troupe.reward.environment.JointAction;
import dev.troupe.reward.environment.Judging;
import dev.troupe.reward.environment.Outcome;
import dev.troupe.reward.environment.Outcome.Continue;
import dev.troupe.reward.environment.Outcome.Unscorable;
import dev.troupe.reward.environment.UnscorableReason;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.RoleObservation;
import dev.troupe.schemas.avro.Step;
import dev.troupe.schemas.avro.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One role a turn, in their order; each is shown what those before it wrote. All texts together are judged. */
record Pipeline(OneTurn work) implements Collaboration {

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
        return roles().size();
    }

    /** What a role may write in all turns of the parallel form it may write in its one turn. */
    @Override
    public int maxCompletionLength(Task task, int length) {
        return length * task.getMaxTurns();
    }

    @Override
    public List<RoleObservation> begin(Task task) throws InvalidTaskException {
        return work.opening(task).subList(0, 1);
    }

    @Override
    public Outcome judge(Step step, Judging judging) throws InterruptedException {
        var written = new ArrayList<Action>();
        for (int turn = 0; turn <= step.getTurn() && turn < roles().size(); turn++) {
            Optional<Action> action = JointAction.of(step, turn, roles().get(turn));
            if (action.isEmpty()) {
                return new Unscorable(
                        UnscorableReason.INCOMPLETE_STEP,
                        "turn %d lacks an action of role %s".formatted(turn, roles().get(turn)));
            }
            written.add(action.get());
        }
        return written.size() == roles().size() ? work.judge(step, written, judging) : next(step);
    }

    private Outcome next(Step step) {
        int turn = step.getTurn() + 1;
        try {
            RoleObservation opening = work.opening(step.getTask()).get(turn);
            var seen = new ArrayList<String>();
            for (int earlier = 0; earlier < turn; earlier++) {
                seen.add(Shown.to(opening.getRole(), step, earlier));
            }
            return new Continue(List.of(Shown.appended(opening, String.join("\n", seen) + "\nIt is your turn.")));
        } catch (InvalidTaskException e) {
            return new Unscorable(UnscorableReason.INVALID_TASK, String.valueOf(e.getMessage()));
        }
    }
}
