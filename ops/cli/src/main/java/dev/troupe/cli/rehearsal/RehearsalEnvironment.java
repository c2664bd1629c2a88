package dev.troupe.cli.rehearsal;

import dev.troupe.reward.environment.Environment;
import dev.troupe.reward.environment.InvalidTaskException;
import dev.troupe.reward.environment.JointAction;
import dev.troupe.reward.environment.JointReward;
import dev.troupe.reward.environment.Judging;
import dev.troupe.reward.environment.Outcome;
import dev.troupe.reward.environment.Outcome.Continue;
import dev.troupe.reward.environment.Outcome.Scored;
import dev.troupe.reward.environment.Outcome.Unscorable;
import dev.troupe.reward.environment.UnscorableReason;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.ChatMessage;
import dev.troupe.schemas.avro.RewardWeights;
import dev.troupe.schemas.avro.RoleObservation;
import dev.troupe.schemas.avro.Step;
import dev.troupe.schemas.avro.Task;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Work without a domain, to rehearse the stream itself: any prompt is a task, every turn but the last goes on, and the
 * quality is a checksum of what was written. So it is judged in no time and without a sandbox, says the same whenever
 * it is judged again, and the episodes of a group differ.
 */
public final class RehearsalEnvironment implements Environment {

    /** The name that tasks use. */
    public static final String NAME = "rehearsal";

    /** The first of two roles, or the only one. */
    public static final String FIRST = "first";

    public static final String SECOND = "second";

    private static final int MAX_COMPLETION_LENGTH = 64;
    private static final double CHECKSUMS = 1L << 32;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<String> roles(Task task) throws InvalidTaskException {
        return switch (task.getCollaboration()) {
            case "parallel" -> List.of(FIRST, SECOND);
            case "single" -> List.of(FIRST);
            default ->
                throw new InvalidTaskException(
                        "collaboration '%s' is not one of: parallel, single".formatted(task.getCollaboration()));
        };
    }

    @Override
    public List<RoleObservation> begin(Task task) throws InvalidTaskException {
        return observations(roles(task), task.getPrompt());
    }

    @Override
    public RewardWeights weights() {
        return new RewardWeights(1.0, 0.05, 0.05);
    }

    @Override
    public int maxCompletionLength() {
        return MAX_COMPLETION_LENGTH;
    }

    @Override
    public Outcome judge(Step step, Judging judging) {
        try {
            List<String> roles = roles(step.getTask());
            if (!JointAction.isComplete(step, roles)) {
                return new Unscorable(UnscorableReason.INCOMPLETE_STEP, "not every role has acted in every turn");
            }
            int next = step.getTurn() + 1;
            if (next < step.getTask().getMaxTurns()) {
                return new Continue(observations(roles, "turn " + next));
            }
            double quality = quality(step);
            return new Scored(JointReward.of(step, this).score(quality, quality >= 0.5, List.of()));
        } catch (InvalidTaskException e) {
            return new Unscorable(UnscorableReason.INVALID_TASK, String.valueOf(e.getMessage()));
        }
    }

    private static List<RoleObservation> observations(List<String> roles, String text) {
        return roles.stream()
                .map(role -> new RoleObservation(role, List.of(new ChatMessage("user", text))))
                .toList();
    }

    /** Evenly spread over [0, 1) for texts that differ at random. */
    private static double quality(Step step) {
        var checksum = new CRC32C();
        for (List<Action> joint : step.getJoint()) {
            joint.forEach(action -> checksum.update(action.getText().getBytes(StandardCharsets.UTF_8)));
        }
        return checksum.getValue() / CHECKSUMS;
    }
}
