package dev.troupe.cli.bench;

import dev.troupe.cli.bench.peer.Precision;
import dev.troupe.cli.bench.peer.Ratio;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/** What we hold ourselves to, beside transformers with as many threads. */
final class Targets {

    private static final double GENERATE = 2;
    private static final double TRAIN = 1;
    private static final Set<String> SMALL = Set.of("1m", "6m");
    private static final Set<Integer> BATCHES = Set.of(8, 32);

    private Targets() {}

    /** The ratio to reach: twice the sampling of small models in middling batches, and equal training of all. */
    static OptionalDouble of(ModelSize size, Workload workload) {
        return switch (workload) {
            case Workload.Generate generate ->
                SMALL.contains(size.name()) && BATCHES.contains(generate.batch())
                        ? OptionalDouble.of(GENERATE)
                        : OptionalDouble.empty();
            case Workload.Train _ -> OptionalDouble.of(TRAIN);
        };
    }

    /** A line for each ratio that has a target. */
    static List<String> verdict(List<Result> results) {
        List<String> lines = new ArrayList<>();
        for (Result result : results) {
            OptionalDouble target = of(result.size(), result.workload());
            if (target.isPresent()) {
                for (Precision precision : Precision.values()) {
                    add(lines, result, precision.label(), result.ratio(precision), target.getAsDouble());
                }
                add(lines, result, "best against best", result.bestRatio(), target.getAsDouble());
            }
        }
        return lines;
    }

    private static void add(List<String> lines, Result result, String what, Optional<Ratio> ratio, double target) {
        ratio.ifPresent(reached -> lines.add(String.format(
                Locale.ROOT,
                "%s: %s, %s, %s: %.2f times, target %.0f",
                reached.median() >= target ? "met" : "MISSED",
                result.size().name(),
                result.workload().label(),
                what,
                reached.median(),
                target)));
    }
}
