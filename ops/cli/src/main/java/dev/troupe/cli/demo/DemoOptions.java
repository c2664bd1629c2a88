package dev.troupe.cli.demo;

import java.nio.file.Path;
import java.time.Duration;

/**
 * One demonstration.
 *
 * @param environment coding or writing
 * @param seed of the order of tasks and of sampling
 * @param steps training steps of each contestant
 * @param directory where state, log and picture go
 * @param timeout after which the demonstration gives up
 */
record DemoOptions(String environment, long seed, int steps, Path directory, Duration timeout) {}
