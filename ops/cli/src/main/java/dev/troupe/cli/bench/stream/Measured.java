package dev.troupe.cli.bench.stream;

import java.util.List;
import java.util.function.ToDoubleFunction;

/** The rounds of one lane; what is said of it is the median of its rounds. */
record Measured(String name, List<Sample> rounds) {

    Measured {
        rounds = List.copyOf(rounds);
        if (rounds.isEmpty()) {
            throw new IllegalArgumentException(name + " was not measured");
        }
    }

    double median(ToDoubleFunction<Sample> value) {
        double[] sorted = rounds.stream().mapToDouble(value).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
