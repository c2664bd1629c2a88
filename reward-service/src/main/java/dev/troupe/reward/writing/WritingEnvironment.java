package dev.troupe.reward.writing;

import static dev.troupe.reward.writing.WritingPrompts.AUTHOR_1;
import static dev.troupe.reward.writing.WritingPrompts.AUTHOR_2;
import static dev.troupe.reward.writing.WritingPrompts.SINGLE;

import dev.troupe.reward.environment.Environment;
import dev.troupe.reward.environment.InvalidTaskException;
import dev.troupe.reward.environment.JointAction;
import dev.troupe.reward.environment.JointReward;
import dev.troupe.reward.environment.Judging;
import dev.troupe.reward.environment.Outcome;
import dev.troupe.reward.environment.Outcome.Scored;
import dev.troupe.reward.environment.Outcome.Unscorable;
import dev.troupe.reward.environment.UnscorableReason;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.RewardWeights;
import dev.troupe.schemas.avro.RoleObservation;
import dev.troupe.schemas.avro.Step;
import dev.troupe.schemas.avro.Task;
import java.util.List;

/** Two authors summarise a text side by side, one in short and one in detail; their texts must fit together. */
public final class WritingEnvironment implements Environment {

    /** Enough for some 150 words. */
    private static final int MAX_COMPLETION_LENGTH = 256;

    private final WordLists lists = WordLists.load();

    @Override
    public String name() {
        return "writing";
    }

    @Override
    public List<String> roles(Task task) throws InvalidTaskException {
        return switch (task.getCollaboration()) {
            case "parallel" -> List.of(AUTHOR_1, AUTHOR_2);
            case "single" -> List.of(SINGLE);
            default ->
                throw new InvalidTaskException(
                        "collaboration '%s' is not one of: parallel, single".formatted(task.getCollaboration()));
        };
    }

    @Override
    public List<RoleObservation> begin(Task task) throws InvalidTaskException {
        if (task.getPrompt().isBlank()) {
            throw new InvalidTaskException("the prompt is empty; it holds the text to summarise");
        }
        if (task.getMaxTurns() != 1) {
            throw new InvalidTaskException(
                    "maxTurns is %d, the writing environment plays 1".formatted(task.getMaxTurns()));
        }
        return roles(task).stream()
                .map(role -> new RoleObservation(role, WritingPrompts.first(role, task.getPrompt())))
                .toList();
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
            Texts texts = roles.equals(List.of(SINGLE))
                    ? Texts.split(text(step, SINGLE))
                    : new Texts(text(step, AUTHOR_1), text(step, AUTHOR_2));
            WritingResult result = WritingResult.of(texts, lists);
            return new Scored(JointReward.of(step, this).score(result.quality(), result.passed(), result.terms()));
        } catch (InvalidTaskException e) {
            return new Unscorable(UnscorableReason.INVALID_TASK, String.valueOf(e.getMessage()));
        }
    }

    private static String text(Step step, String role) {
        return JointAction.of(step, step.getTurn(), role)
                .map(Action::getText)
                .orElseThrow(() -> new IllegalStateException("no action of role " + role));
    }
}
