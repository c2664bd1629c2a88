package dev.troupe.cli.bench.stream;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What to measure, and how much of it.
 *
 * @param rounds of each lane
 * @param records of a round of the ceilings
 * @param groups of a round of the coordinator
 * @param window groups under way at a time
 * @param latency for how long latency is measured
 * @param live numbers of live groups, ascending
 * @param agents numbers of agents, ascending
 * @param thinking of an agent about a turn
 * @param scale for how long each number of agents is measured
 * @param settings of the service, on top of the benchmark's
 */
record StreamPlan(
        Set<Part> parts,
        int rounds,
        int records,
        int groups,
        int window,
        Duration latency,
        List<Integer> live,
        List<Integer> agents,
        Duration thinking,
        Duration scale,
        Map<String, String> settings) {

    /** What can be measured by itself. */
    enum Part {
        THROUGHPUT,
        LATENCY,
        LIVE,
        SCALE
    }

    StreamPlan {
        parts = Set.copyOf(parts);
        live = live.stream().sorted().toList();
        agents = agents.stream().sorted().toList();
        settings = Map.copyOf(settings);
        if (rounds < 1 || records < 1 || groups < 1 || window < 1) {
            throw new IllegalArgumentException("rounds %d, records %d, groups %d and window %d must be positive"
                    .formatted(rounds, records, groups, window));
        }
    }
}
