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

/**
 * Two authors write side by side, each a text of its own; the texts must fit together. The task's {@code form} says
 * what they write: {@code tldr} (default), a short and a detailed summary, or {@code arxiv}, background and method of a
 * paper.
 */
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
        return WritingTask.of(task).roles();
    }

    @Override
    public List<RoleObservation> begin(Task task) throws InvalidTaskException {
        WritingTask writing = WritingTask.of(task);
        if (task.getPrompt().isBlank()) {
            throw new InvalidTaskException("the prompt is empty; it holds the text to summarise");
        }
        if (task.getMaxTurns() != 1) {
            throw new InvalidTaskException(
                    "maxTurns is %d, the writing environment plays 1".formatted(task.getMaxTurns()));
        }
        return writing.roles().stream()
                .map(role -> new RoleObservation(role, WritingPrompts.first(writing.form(), role, task.getPrompt())))
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
            WritingTask task = WritingTask.of(step.getTask());
            if (!JointAction.isComplete(step, task.roles())) {
                return new Unscorable(UnscorableReason.INCOMPLETE_STEP, "not every role has acted in every turn");
            }
            Texts texts = task.single()
                    ? Texts.split(text(step, SINGLE))
                    : new Texts(text(step, AUTHOR_1), text(step, AUTHOR_2));
            var pair = new PairScore(task.form(), task.scorer().measure(texts, task.form(), lists));
            return new Scored(JointReward.of(step, this).score(pair.quality(), pair.passed(), pair.terms()));
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
