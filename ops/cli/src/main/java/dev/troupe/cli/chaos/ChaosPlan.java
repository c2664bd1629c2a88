package dev.troupe.cli.chaos;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What is to happen.
 *
 * @param tasks to be fed, bad ones and evaluations included
 * @param kills in all
 * @param meanGap between two kills, exponentially distributed
 * @param agents processes
 * @param judges processes
 * @param seed of gaps, victims and tasks
 * @param directory of topics, weights, state and logs
 */
record ChaosPlan(int tasks, int kills, Duration meanGap, int agents, int judges, long seed, Path directory) {

    /** Groups that one training step takes; the number of training tasks is a multiple of it, so that none waits. */
    static final int GROUPS_PER_STEP = 20;

    /** Episodes of a group. */
    static final int EPISODES = 4;

    ChaosPlan {
        requireNonNull(directory, "directory is null");
        if (tasks < GROUPS_PER_STEP * 2 || kills < 0 || agents < 1 || judges < 1) {
            throw new IllegalArgumentException(
                    "tasks must be at least %d, kills at least 0, agents and judges at least 1: %d, %d, %d, %d"
                            .formatted(GROUPS_PER_STEP * 2, tasks, kills, agents, judges));
        }
        if (!meanGap.isPositive()) {
            throw new IllegalArgumentException("the gap between kills is not positive: " + meanGap);
        }
    }
}
