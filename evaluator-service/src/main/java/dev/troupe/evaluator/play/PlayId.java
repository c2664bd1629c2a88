package dev.troupe.evaluator.play;

import java.util.Optional;

/**
 * One version on one benchmark in one run. It is written into the ids of the tasks that are fed, so that what was
 * played can be put together again from the episodes alone.
 *
 * @param benchmark without a slash
 * @param version of all the team's policies
 * @param run without a slash
 */
public record PlayId(String benchmark, int version, String run) {

    private static final String PREFIX = "eval";
    private static final String SEPARATOR = "/";
    private static final int PARTS = 5;

    public PlayId {
        if (benchmark.contains(SEPARATOR) || run.contains(SEPARATOR)) {
            throw new IllegalArgumentException("benchmark '%s' or run '%s' has a slash".formatted(benchmark, run));
        }
    }

    /** A task as it was played. */
    public record PlayedTask(PlayId play, String task) {}

    /** The id under which a held-out task is fed. */
    public String taskId(String task) {
        return String.join(SEPARATOR, PREFIX, benchmark, Integer.toString(version), run, task);
    }

    /** What the id of a task that was fed says; nothing when no evaluator fed it. */
    public static Optional<PlayedTask> parse(String taskId) {
        // A held-out task's own id may have slashes.
        String[] parts = taskId.split(SEPARATOR, PARTS);
        if (parts.length != PARTS || !parts[0].equals(PREFIX) || !parts[2].matches("\\d{1,9}")) {
            return Optional.empty();
        }
        return Optional.of(new PlayedTask(new PlayId(parts[1], Integer.parseInt(parts[2]), parts[3]), parts[4]));
    }
}
