package dev.troupe.reward.writing;

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
            throw new InvalidTaskException("the prompt is empty; it holds the text to write from");
        }
        if (task.getMaxTurns() != 1) {
            throw new InvalidTaskException(
                    "maxTurns is %d, the writing environment plays 1".formatted(task.getMaxTurns()));
        }
        return writing.roles().stream()
                .map(role -> new RoleObservation(role, writing.first(role, task.getPrompt())))
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
            WritingScore score = score(task, texts(step, task.roles()));
            return new Scored(JointReward.of(step, this).score(score.quality(), score.passed(), score.terms()));
        } catch (InvalidTaskException e) {
            return new Unscorable(UnscorableReason.INVALID_TASK, String.valueOf(e.getMessage()));
        }
    }

    private WritingScore score(WritingTask task, List<String> texts) {
        return switch (task) {
            case PairTask(PairForm form, Scorer scorer, boolean single) -> {
                Texts pair = single ? Texts.split(texts.getFirst()) : new Texts(texts.getFirst(), texts.getLast());
                yield new PairScore(form, scorer.measure(pair, form, lists));
            }
            case ArticleTask(List<String> titles, boolean _) -> ArticleScore.of(Article.of(titles, texts), lists);
        };
    }

    /** What each role wrote, in the order of the roles. */
    private static List<String> texts(Step step, List<String> roles) {
        return roles.stream()
                .map(role -> JointAction.of(step, step.getTurn(), role)
                        .map(Action::getText)
                        .orElseThrow(() -> new IllegalStateException("no action of role " + role)))
                .toList();
    }
}
