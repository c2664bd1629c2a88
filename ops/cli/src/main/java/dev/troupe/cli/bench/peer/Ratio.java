package dev.troupe.cli.bench.peer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Median, least and greatest ratio of the rounds. */
public record Ratio(double median, double low, double high) {

    /**
     * One side over the other, round by round: what slows the machine for a while hits both.
     *
     * @throws IllegalArgumentException when the rounds do not pair up
     */
    public static Ratio of(List<Double> above, List<Double> below) {
        if (above.size() != below.size()) {
            throw new IllegalArgumentException("rounds do not pair up: " + above.size() + " and " + below.size());
        }
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < above.size(); round++) {
            ratios.add(above.get(round) / below.get(round));
        }
        return new Ratio(median(ratios), Collections.min(ratios), Collections.max(ratios));
    }

    /** The middle value, or the mean of the two middle ones; of one value at least. */
    public static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
