package dev.troupe.cli.bench;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
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
        return median(rates);
    }

    /** The round that was disturbed least. */
    double best() {
        return Collections.max(rates);
    }

    /** This one's rate over the other's, round by round: what slows the machine for a while hits both. */
    Ratio over(Measurement other) {
        if (rates.size() != other.rates.size()) {
            throw new IllegalArgumentException("rounds do not pair up: " + rates.size() + " and " + other.rates.size());
        }
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < rates.size(); round++) {
            ratios.add(rates.get(round) / other.rates.get(round));
        }
        return new Ratio(median(ratios), Collections.min(ratios), Collections.max(ratios));
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** Median, least and greatest ratio of the rounds; more than 1 when ours is faster. */
    record Ratio(double median, double low, double high) {}
}
