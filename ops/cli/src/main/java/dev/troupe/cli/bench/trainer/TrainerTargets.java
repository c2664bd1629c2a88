package dev.troupe.cli.bench.trainer;

import dev.troupe.cli.bench.peer.Precision;
import dev.troupe.cli.bench.peer.Ratio;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/** What we hold ourselves to, beside TRL with as many threads. */
final class TrainerTargets {

    private static final Map<String, Double> FP32 = Map.of("90k", 3.0, "870k", 1.5, "5m", 1.2);
    private static final Map<String, Double> BF16 = Map.of("870k", 2.0, "5m", 2.0);
    private static final double OVERLAP = 1;

    private TrainerTargets() {}

    private static OptionalDouble of(TrainerResult result, Precision precision) {
        if (result.work() == Work.OVERLAP) {
            return OptionalDouble.of(OVERLAP);
        }
        Map<String, Double> targets = precision == Precision.FP32 ? FP32 : BF16;
        Double target = targets.get(result.size().name());
        return target == null ? OptionalDouble.empty() : OptionalDouble.of(target);
    }

    /** A line for each ratio that has a target; our bfloat16 is held against either precision of theirs. */
    static List<String> verdict(List<TrainerResult> results) {
        List<String> lines = new ArrayList<>();
        for (TrainerResult result : results) {
            for (Precision mine : Precision.values()) {
                OptionalDouble target = of(result, mine);
                for (Precision other : Precision.values()) {
                    if (target.isPresent() && other.compareTo(mine) <= 0) {
                        result.ratio(mine, other)
                                .ifPresent(ratio -> lines.add(line(result, mine, other, ratio, target.getAsDouble())));
                    }
                }
            }
        }
        return lines;
    }

    private static String line(TrainerResult result, Precision mine, Precision other, Ratio ratio, double target) {
        return String.format(
                Locale.ROOT,
                "%s: %s, %s, %s against %s: %.2f times, target %.1f",
                ratio.median() >= target ? "met" : "MISSED",
                result.size().name(),
                result.work().label(),
                mine.label(),
                other.label(),
                ratio.median(),
                target);
    }
}
