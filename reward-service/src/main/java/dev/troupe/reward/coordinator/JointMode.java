package dev.troupe.reward.coordinator;

import dev.troupe.schemas.avro.Purpose;
import dev.troupe.schemas.avro.Task;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Which completions of the roles make a joint action (the two joint modes of MAGRPO, arXiv 2508.04652). */
public enum JointMode {
    /** The i-th completion of each role: as many episodes as completions of a role. */
    ALIGNED,
    /** Every combination of the roles' completions: of R roles with G completions each, G^R episodes. */
    CROSS;

    /** The setting that says which mode training tasks take that name none. */
    static final String SETTING = "train.joint.mode";

    /** Episodes that a group may have. */
    static final int MAX_COMBINATIONS = 256;

    /** As tasks and settings spell it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The mode of that label; nothing else will do, so that a slip of the pen is not taken for one of them. */
    static Optional<JointMode> find(String label) {
        return Arrays.stream(values())
                .filter(mode -> mode.label().equals(label))
                .findFirst();
    }

    /** The labels, as a message lists them. */
    static String labels() {
        return Arrays.stream(values()).map(JointMode::label).collect(Collectors.joining(" or "));
    }

    /**
     * The mode in which a task is dealt. One role alone has nothing to combine with.
     *
     * @param task names a mode or none
     * @param roles how many play
     * @param training the mode of training tasks that name none
     */
    static JointMode of(Task task, int roles, JointMode training) {
        if (roles == 1) {
            return ALIGNED;
        }
        String named = task.getJointMode();
        if (named.isEmpty()) {
            return task.getPurpose() == Purpose.TRAIN ? training : ALIGNED;
        }
        return find(named)
                .orElseThrow(() -> new IllegalArgumentException(
                        "jointMode of task '%s' is neither %s: '%s'".formatted(task.getTaskId(), labels(), named)));
    }

    /** What is wrong with the label of a task, if anything. */
    static Optional<String> problem(String label) {
        return label.isEmpty() || find(label).isPresent()
                ? Optional.empty()
                : Optional.of("jointMode is '%s', it must be %s, or empty for what %s says"
                        .formatted(label, labels(), SETTING));
    }

    /**
     * Why the task cannot be crossed, if it cannot.
     *
     * @param task filled in, to be crossed
     * @param roles how many play
     * @param opened roles that act in the first turn
     */
    static Optional<String> problem(Task task, int roles, int opened) {
        if (task.getPurpose() == Purpose.EVALUATE) {
            return refused("an evaluation judges what a team plays, not every combination of it");
        }
        if (task.getMaxTurns() > 1) {
            return refused("it takes %d turns (%s), a crossed task takes one"
                    .formatted(task.getMaxTurns(), task.getCollaboration()));
        }
        if (opened < roles) {
            return refused("%d of its %d roles do not act".formatted(roles - opened, roles));
        }
        return Draws.combinations(task.getNumGenerations(), roles, MAX_COMBINATIONS) > MAX_COMBINATIONS
                ? refused("%d completions of each of %d roles are more than %d combinations; lower numGenerations"
                        .formatted(task.getNumGenerations(), roles, MAX_COMBINATIONS))
                : Optional.empty();
    }

    private static Optional<String> refused(String why) {
        return Optional.of("jointMode is cross, but %s; or say jointMode aligned".formatted(why));
    }

    /** Whether the task, filled in, is one of which every combination is an episode. */
    static boolean crosses(Task task) {
        return task.getJointMode().equals(CROSS.label());
    }
}
