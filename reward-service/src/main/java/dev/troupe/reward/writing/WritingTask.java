package dev.troupe.reward.writing;

import dev.troupe.reward.environment.InvalidTaskException;
import dev.troupe.schemas.avro.ChatMessage;
import dev.troupe.schemas.avro.Task;
import java.util.List;
import java.util.Map;

/** What the writing environment reads of a task; {@code fields.form} says which of them it is. */
sealed interface WritingTask permits PairTask, ArticleTask {

    /** Who plays, in the order of what they write. */
    List<String> roles();

    /** Whether one author writes it all. */
    boolean single();

    /** A role's observation. */
    List<ChatMessage> first(String role, String text);

    /** @throws InvalidTaskException naming the field, its value and what is taken */
    static WritingTask of(Task task) throws InvalidTaskException {
        Map<String, String> fields = task.getFields();
        boolean single = single(task.getCollaboration());
        Scorer scorer = Scorer.parse(fields.getOrDefault("scorer", "strict"));
        return switch (fields.getOrDefault("form", "tldr")) {
            case "tldr" -> new PairTask(PairForm.TLDR, scorer, single);
            case "arxiv" -> new PairTask(PairForm.ofBand(fields.getOrDefault("band", "revised")), scorer, single);
            case "article" -> article(fields, scorer, single);
            case String other ->
                throw new InvalidTaskException("fields.form '%s' is not one of: tldr, arxiv, article".formatted(other));
        };
    }

    private static ArticleTask article(Map<String, String> fields, Scorer scorer, boolean single)
            throws InvalidTaskException {
        if (scorer != Scorer.STRICT) {
            throw new InvalidTaskException(
                    "fields.scorer is 'compatible', and no rules for articles were published; leave it out");
        }
        return ArticleTask.of(fields.getOrDefault("sections", ""), single);
    }

    private static boolean single(String collaboration) throws InvalidTaskException {
        return switch (collaboration) {
            case "parallel" -> false;
            case "single" -> true;
            default ->
                throw new InvalidTaskException(
                        "collaboration '%s' is not one of: parallel, single".formatted(collaboration));
        };
    }
}
