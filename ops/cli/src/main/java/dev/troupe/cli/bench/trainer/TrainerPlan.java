package dev.troupe.cli.bench.trainer;

import dev.troupe.cli.bench.peer.Precision;
import dev.troupe.policy.Backend;
import java.time.Duration;
import java.util.List;

/**
 * What to measure, and how long.
 *
 * @param backend of our side; bfloat16 takes TorchScript in any case
 * @param compared steps on the same completions before weights are compared
 * @param rounds measured of each side
 * @param times how long to go on
 */
record TrainerPlan(
        List<GrpoSize> sizes,
        List<Work> works,
        List<Precision> precisions,
        Backend backend,
        int compared,
        int rounds,
        Durations times) {

    /** Least time before the first round, and of a round: short steps are repeated. */
    record Durations(Duration warmUp, Duration round) {
        static final Durations USUAL = new Durations(Duration.ofSeconds(1), Duration.ofMillis(500));
    }

    static final int COMPARED = 5;

    TrainerPlan {
        sizes = List.copyOf(sizes);
        works = List.copyOf(works);
        precisions = List.copyOf(precisions);
        if (rounds < 1 || compared < 1) {
            throw new IllegalArgumentException("rounds and compared must be 1 or more: " + rounds + ", " + compared);
        }
    }

    Duration warmUp() {
        return times.warmUp();
    }

    Duration round() {
        return times.round();
    }

    Backend backend(Precision precision) {
        return precision == Precision.BF16 ? Backend.TORCHSCRIPT : backend;
    }
}
