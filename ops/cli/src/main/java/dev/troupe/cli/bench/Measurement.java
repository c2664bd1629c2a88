package dev.troupe.cli.bench;

import static java.util.Objects.requireNonNull;

import dev.troupe.cli.bench.peer.Precision;
import dev.troupe.cli.bench.peer.Ratio;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What one contender did with one workload.
 *
 * @param rates tokens per second of each round; round k of all contenders happened at about the same time
 * @param peakBytes most resident memory of the contender's process
 * @param loss of the first training step
 */
record Measurement(String name, Precision precision, List<Double> rates, OptionalLong peakBytes, OptionalDouble loss) {

    Measurement {
        requireNonNull(name, "name is null");
        requireNonNull(precision, "precision is null");
        rates = List.copyOf(rates);
        if (rates.isEmpty()) {
            throw new IllegalArgumentException("rates is empty: nothing was measured");
        }
    }

    double median() {
        return Ratio.median(rates);
    }

    /** The round that was disturbed least. */
    double best() {
        return Collections.max(rates);
    }

    /** This one's rate over the other's, round by round; more than 1 when this one is faster. */
    Ratio over(Measurement other) {
        return Ratio.of(rates, other.rates);
    }
}
