package dev.troupe.reward.writing;

import static dev.troupe.reward.writing.WritingPrompts.AUTHOR_1;
import static dev.troupe.reward.writing.WritingPrompts.AUTHOR_2;
import static dev.troupe.reward.writing.WritingPrompts.SINGLE;
import static java.util.Objects.requireNonNull;

import dev.troupe.schemas.avro.ChatMessage;
import java.util.List;

/**
 * Two texts that belong together.
 *
 * @param form what is written, from {@code fields.form} and {@code fields.band}
 * @param scorer the rules it is measured by, from {@code fields.scorer}
 * @param single whether one author writes both
 */
record PairTask(PairForm form, Scorer scorer, boolean single) implements WritingTask {

    PairTask {
        requireNonNull(form, "form is null");
        requireNonNull(scorer, "scorer is null");
    }

    @Override
    public List<String> roles() {
        return single ? List.of(SINGLE) : List.of(AUTHOR_1, AUTHOR_2);
    }

    @Override
    public List<ChatMessage> first(String role, String text) {
        return WritingPrompts.first(form, role, text);
    }
}
