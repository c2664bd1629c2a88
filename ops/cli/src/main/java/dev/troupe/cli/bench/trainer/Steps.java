package dev.troupe.cli.bench.trainer;

import static java.util.Objects.requireNonNull;

import dev.troupe.cli.bench.peer.Precision;
import dev.troupe.cli.bench.peer.Ratio;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;

/**
 * What one side took for one task.
 *
 * @param seconds a step of each round; round k of all sides happened at about the same time
 * @param cpuSeconds likewise, of all threads
 * @param peakBytes most resident memory of the process
 */
record Steps(String name, Precision precision, List<Double> seconds, List<Double> cpuSeconds, OptionalLong peakBytes) {

    Steps {
        requireNonNull(name, "name is null");
        requireNonNull(precision, "precision is null");
        seconds = List.copyOf(seconds);
        cpuSeconds = List.copyOf(cpuSeconds);
        if (seconds.isEmpty()) {
            throw new IllegalArgumentException("seconds is empty: nothing was measured");
        }
    }

    double median() {
        return Ratio.median(seconds);
    }

    double medianCpu() {
        return Ratio.median(cpuSeconds);
    }

    /** The round that was disturbed least. */
    double minimum() {
        return Collections.min(seconds);
    }

    /** How many times as fast as the other this one is. */
    Ratio over(Steps other) {
        return Ratio.of(other.seconds, seconds);
    }
}
