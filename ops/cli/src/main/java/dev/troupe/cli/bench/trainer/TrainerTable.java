package dev.troupe.cli.bench.trainer;

import dev.troupe.cli.bench.peer.Precision;
import dev.troupe.cli.bench.peer.Ratio;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** A report for people: a Markdown table, and what to make of it. */
record TrainerTable(TrainerReport report) {

    private static final List<String> HEADER = List.of(
            "model",
            "work",
            "ours / theirs",
            "median ms, ours / theirs",
            "minimum ms",
            "ratio (range)",
            "tokens/s",
            "CPU ms",
            "peak MiB");

    private static final String ABSENT = "-";

    /** Which precisions stand in one row. */
    private record Pair(Precision mine, Precision other) {
        static final List<Pair> ALL = List.of(
                new Pair(Precision.FP32, Precision.FP32),
                new Pair(Precision.BF16, Precision.BF16),
                new Pair(Precision.BF16, Precision.FP32));
    }

    @Override
    public String toString() {
        var text = new StringBuilder(String.format(
                Locale.ROOT,
                "%s, %s; %s%n%n",
                report.machine().processor(),
                report.machine().engine(),
                report.load()));
        rows().forEach(row -> text.append(row).append(System.lineSeparator()));
        text.append(System.lineSeparator());
        for (TrainerResult result : report.results()) {
            result.agreement()
                    .ifPresent(agreement -> text.append(result.size().name())
                            .append(": ")
                            .append(agreement)
                            .append(System.lineSeparator()));
        }
        if (report.load().isQuiet()) {
            TrainerTargets.verdict(report.results())
                    .forEach(line -> text.append(line).append(System.lineSeparator()));
        } else {
            text.append("NO VERDICT: the machine was busy, so these numbers say little; run it again when it is quiet.")
                    .append(System.lineSeparator());
        }
        return text.toString();
    }

    private List<String> rows() {
        List<String> rows = new ArrayList<>();
        rows.add(line(HEADER));
        rows.add("|" + "---|".repeat(HEADER.size()));
        for (TrainerResult result : report.results()) {
            for (Pair pair : Pair.ALL) {
                Optional<Steps> ours = result.ours(pair.mine());
                Optional<Steps> theirs = result.theirs(pair.other());
                if (pair.mine() == pair.other() ? ours.isPresent() || theirs.isPresent() : both(ours, theirs)) {
                    rows.add(line(cells(result, pair, ours, theirs)));
                }
            }
        }
        return rows;
    }

    private static boolean both(Optional<Steps> ours, Optional<Steps> theirs) {
        return ours.isPresent() && theirs.isPresent();
    }

    private static List<String> cells(TrainerResult result, Pair pair, Optional<Steps> ours, Optional<Steps> theirs) {
        return List.of(
                result.size().name(),
                result.work().label(),
                pair.mine().label() + " / " + pair.other().label(),
                pair(ours, theirs, steps -> milliseconds(steps.median())),
                pair(ours, theirs, steps -> milliseconds(steps.minimum())),
                result.ratio(pair.mine(), pair.other()).map(TrainerTable::ratio).orElse(ABSENT),
                pair(ours, theirs, steps -> String.format(Locale.ROOT, "%,.0f", result.tokens() / steps.median())),
                pair(ours, theirs, steps -> milliseconds(steps.medianCpu())),
                pair(ours, theirs, TrainerTable::mebibytes));
    }

    private static String pair(Optional<Steps> ours, Optional<Steps> theirs, Function<Steps, String> cell) {
        return ours.map(cell).orElse(ABSENT) + " / " + theirs.map(cell).orElse(ABSENT);
    }

    private static String milliseconds(double seconds) {
        return String.format(Locale.ROOT, "%,.1f", 1e3 * seconds);
    }

    private static String mebibytes(Steps steps) {
        return steps.peakBytes().isPresent()
                ? String.format(Locale.ROOT, "%,d", steps.peakBytes().getAsLong() >> 20)
                : ABSENT;
    }

    private static String ratio(Ratio ratio) {
        return String.format(Locale.ROOT, "%.2f (%.2f-%.2f)", ratio.median(), ratio.low(), ratio.high());
    }

    private static String line(List<String> cells) {
        return "| " + String.join(" | ", cells) + " |";
    }
}
