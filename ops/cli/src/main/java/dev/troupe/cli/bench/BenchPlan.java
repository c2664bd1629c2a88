package dev.troupe.cli.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What to measure, and how long.
 *
 * @param rounds measured of each workload and contender
 * @param warmUp least time before the first round, of each workload and contender
 * @param round least time of a round; short runs are repeated
 */
record BenchPlan(List<ModelSize> sizes, List<Workload> workloads, int rounds, Duration warmUp, Duration round) {

    private static final int PROMPT_LENGTH = 16;
    private static final int NEW_TOKENS = 96;
    private static final Workload TRAINING = new Workload.Train(32, 96);

    BenchPlan {
        sizes = List.copyOf(sizes);
        workloads = List.copyOf(workloads);
        if (rounds < 1) {
            throw new IllegalArgumentException("rounds must be 1 or more: " + rounds);
        }
    }

    /** Sampling at each batch size, and a training step. */
    static BenchPlan of(List<ModelSize> sizes, List<Integer> batches, int rounds) {
        List<Workload> workloads = new ArrayList<>();
        for (int batch : batches) {
            workloads.add(new Workload.Generate(batch, PROMPT_LENGTH, NEW_TOKENS));
        }
        workloads.add(TRAINING);
        return new BenchPlan(sizes, workloads, rounds, Duration.ofSeconds(1), Duration.ofMillis(500));
    }
}
