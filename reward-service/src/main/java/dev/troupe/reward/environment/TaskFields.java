package dev.troupe.reward.environment;

import dev.troupe.schemas.avro.Task;

/** Reads a task's own fields, so that what is absent or unusable is the task's fault and not the environment's. */
public final class TaskFields {

    private TaskFields() {}

    /** @throws InvalidTaskException when the task has no such field, or nothing but blanks in it */
    public static String text(Task task, String field) throws InvalidTaskException {
        String text = task.getFields().get(field);
        if (text == null || text.isBlank()) {
            throw new InvalidTaskException(
                    "fields.%s is missing; the environment '%s' reads it".formatted(field, task.getEnvironment()));
        }
        return text.strip();
    }

    /** @throws InvalidTaskException when the task has no such field, or it is no finite decimal number */
    public static double number(Task task, String field) throws InvalidTaskException {
        String text = text(task, field);
        double number;
        try {
            number = Double.parseDouble(text);
        } catch (NumberFormatException _) {
            number = Double.NaN;
        }
        if (!Double.isFinite(number)) {
            throw new InvalidTaskException("fields.%s is '%s', it must be a finite number".formatted(field, text));
        }
        return number;
    }
}
