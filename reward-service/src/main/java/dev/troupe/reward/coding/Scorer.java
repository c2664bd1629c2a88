package dev.troupe.reward.coding;

import static java.util.stream.Collectors.joining;

import dev.troupe.reward.environment.InvalidTaskException;
import dev.troupe.schemas.avro.Task;
import java.util.Arrays;
import java.util.Locale;

/** The rules by which a joint program is judged; the field {@code scorer} of a task. */
enum Scorer {
    /** By the syntax tree and by what the program does. */
    STRICT,
    /** By what the program does alone, without the published scale; for training on many small tasks. */
    QUICK,
    /** By the text rules of the published scorer of MAGRPO's coding environment, defects included. */
    COMPATIBLE;

    /** What the task asks for, {@link #STRICT} where it says nothing. */
    static Scorer of(Task task) throws InvalidTaskException {
        String name = task.getFields().getOrDefault("scorer", STRICT.label());
        return Arrays.stream(values())
                .filter(scorer -> scorer.label().equals(name))
                .findFirst()
                .orElseThrow(() -> new InvalidTaskException("fields.scorer is '%s', not one of: %s"
                        .formatted(
                                name, Arrays.stream(values()).map(Scorer::label).collect(joining(", ")))));
    }

    private String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
