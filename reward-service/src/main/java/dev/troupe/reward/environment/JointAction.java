package dev.troupe.reward.environment;

import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.Step;
import java.util.List;
import java.util.Optional;

/** Looks into the joint actions of a step. */
public final class JointAction {

    private JointAction() {}

    /** The role's action in that turn, if the step has one. */
    public static Optional<Action> of(Step step, int turn, String role) {
        List<List<Action>> joint = step.getJoint();
        if (turn < 0 || turn >= joint.size()) {
            return Optional.empty();
        }
        return joint.get(turn).stream()
                .filter(action -> action.getRole().equals(role))
                .findFirst();
    }

    /** Whether every role has acted in every turn up to the one to be judged. */
    public static boolean isComplete(Step step, List<String> roles) {
        if (step.getJoint().size() != step.getTurn() + 1) {
            return false;
        }
        return step.getJoint().stream()
                .allMatch(joint -> roles.stream()
                        .allMatch(role -> joint.stream()
                                .anyMatch(action -> action.getRole().equals(role))));
    }
}
