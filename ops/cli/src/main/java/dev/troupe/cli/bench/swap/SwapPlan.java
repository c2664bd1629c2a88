package dev.troupe.cli.bench.swap;

import java.util.List;
import java.util.Map;

/**
 * What is run.
 *
 * @param versions that are announced one after another, of each size and mode
 * @param faultEvery every so many versions one is announced that cannot be served; 0 none
 * @param window turns in the queue or being played
 * @param maxTokens of the longest completions
 * @param settings of the agent
 */
record SwapPlan(
        int versions,
        int faultEvery,
        List<CheckpointSize> sizes,
        List<String> modes,
        int window,
        int maxTokens,
        Map<String, String> settings) {

    SwapPlan {
        sizes = List.copyOf(sizes);
        modes = List.copyOf(modes);
        settings = Map.copyOf(settings);
        if (versions < 1 || faultEvery < 0 || window < 1 || maxTokens < 1) {
            throw new IllegalArgumentException("versions %d, window %d and maxTokens %d must be positive, faultEvery %d"
                            .formatted(versions, window, maxTokens, faultEvery)
                    + " not negative");
        }
    }
}
