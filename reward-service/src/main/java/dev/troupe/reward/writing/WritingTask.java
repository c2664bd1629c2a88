package dev.troupe.reward.writing;

import static dev.troupe.reward.writing.WritingPrompts.AUTHOR_1;
import static dev.troupe.reward.writing.WritingPrompts.AUTHOR_2;
import static dev.troupe.reward.writing.WritingPrompts.SINGLE;
import static java.util.Objects.requireNonNull;

import dev.troupe.reward.environment.InvalidTaskException;
import dev.troupe.schemas.avro.Task;
import java.util.List;
import java.util.Map;

/**
 * What the writing environment reads of a task.
 *
 * @param roles who plays
 * @param form what is written, from {@code fields.form} and {@code fields.band}
 * @param scorer the rules it is measured by, from {@code fields.scorer}
 */
record WritingTask(List<String> roles, PairForm form, Scorer scorer) {

    WritingTask {
        roles = List.copyOf(roles);
        requireNonNull(form, "form is null");
        requireNonNull(scorer, "scorer is null");
    }

    /** @throws InvalidTaskException naming the field, its value and what is taken */
    static WritingTask of(Task task) throws InvalidTaskException {
        Map<String, String> fields = task.getFields();
        return new WritingTask(
                roles(task.getCollaboration()),
                form(fields.getOrDefault("form", "tldr"), fields.getOrDefault("band", "revised")),
                Scorer.parse(fields.getOrDefault("scorer", "strict")));
    }

    /** Whether one author writes it all. */
    boolean single() {
        return roles.equals(List.of(SINGLE));
    }

    private static List<String> roles(String collaboration) throws InvalidTaskException {
        return switch (collaboration) {
            case "parallel" -> List.of(AUTHOR_1, AUTHOR_2);
            case "single" -> List.of(SINGLE);
            default ->
                throw new InvalidTaskException(
                        "collaboration '%s' is not one of: parallel, single".formatted(collaboration));
        };
    }

    private static PairForm form(String form, String band) throws InvalidTaskException {
        return switch (form) {
            case "tldr" -> PairForm.TLDR;
            case "arxiv" ->
                switch (band) {
                    case "revised" -> PairForm.ARXIV;
                    case "published" -> PairForm.ARXIV_PUBLISHED;
                    default ->
                        throw new InvalidTaskException(
                                "fields.band '%s' is not one of: revised, published".formatted(band));
                };
            default -> throw new InvalidTaskException("fields.form '%s' is not one of: tldr, arxiv".formatted(form));
        };
    }
}
