package dev.troupe.cli.bench;

import dev.troupe.cli.bench.peer.Precision;
import dev.troupe.cli.bench.peer.Ratio;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A report for people: a Markdown table, and what to make of it. */
record BenchTable(BenchReport report) {

    private static final List<String> HEADER = List.of(
            "model",
            "work",
            "precision",
            "ours, tokens/s",
            "theirs, tokens/s",
            "ratio (range)",
            "ceiling, ours / theirs",
            "peak MiB, ours / theirs");

    private static final String ABSENT = "-";

    @Override
    public String toString() {
        var text = new StringBuilder(String.format(
                Locale.ROOT,
                "%s, %s, one thread; matrix products reach %.0f GFLOP/s in fp32; %s%n%n",
                report.machine().processor(),
                report.machine().engine(),
                report.ceilingGigaflops(),
                report.load()));
        rows().forEach(row -> text.append(row).append(System.lineSeparator()));
        text.append(System.lineSeparator());
        if (report.load().isQuiet()) {
            Targets.verdict(report.results()).forEach(line -> text.append(line).append(System.lineSeparator()));
        } else {
            text.append("NO VERDICT: the machine was busy, so these numbers say little; run it again when it is quiet.")
                    .append(System.lineSeparator());
        }
        return text.toString();
    }

    private List<String> rows() {
        List<List<String>> cells = new ArrayList<>();
        cells.add(HEADER);
        for (Result result : report.results()) {
            for (Precision precision : Precision.values()) {
                Optional<Measurement> ours = result.ours(precision);
                Optional<Measurement> theirs = result.theirs(precision);
                if (ours.isPresent() || theirs.isPresent()) {
                    cells.add(row(result, precision.label(), ours, theirs));
                }
            }
            if (result.bestRatio().isPresent()
                    && result.ours().size() + result.theirs().size() > 2) {
                cells.add(row(result, "best", result.ourBest(), result.theirBest()));
            }
        }
        int[] widths = new int[HEADER.size()];
        for (List<String> row : cells) {
            for (int column = 0; column < widths.length; column++) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        }
        List<String> lines = new ArrayList<>();
        cells.forEach(row -> lines.add(line(row, widths)));
        lines.add(1, line(Arrays.stream(widths).mapToObj("-"::repeat).toList(), widths));
        return lines;
    }

    private List<String> row(Result result, String what, Optional<Measurement> ours, Optional<Measurement> theirs) {
        return List.of(
                result.size().name(),
                result.workload().label(),
                what,
                ours.map(BenchTable::rate).orElse(ABSENT),
                theirs.map(BenchTable::rate).orElse(ABSENT),
                Result.ratio(ours, theirs).map(BenchTable::ratio).orElse(ABSENT),
                share(result, ours) + " / " + share(result, theirs),
                mebibytes(ours) + " / " + mebibytes(theirs));
    }

    private static String rate(Measurement measurement) {
        return String.format(Locale.ROOT, "%,.0f", measurement.median());
    }

    private static String ratio(Ratio ratio) {
        return String.format(Locale.ROOT, "%.2f (%.2f-%.2f)", ratio.median(), ratio.low(), ratio.high());
    }

    private String share(Result result, Optional<Measurement> measurement) {
        return measurement
                .map(value -> result.shareOfCeiling(value, report.ceilingGigaflops()))
                .map(share -> String.format(Locale.ROOT, "%.0f %%", 100 * share))
                .orElse(ABSENT);
    }

    private static String mebibytes(Optional<Measurement> measurement) {
        return measurement
                .filter(value -> value.peakBytes().isPresent())
                .map(value ->
                        String.format(Locale.ROOT, "%,d", value.peakBytes().orElseThrow() >> 20))
                .orElse(ABSENT);
    }

    private static String line(List<String> cells, int[] widths) {
        var line = new StringBuilder("|");
        for (int column = 0; column < widths.length; column++) {
            line.append(' ')
                    .append(cells.get(column))
                    .append(" ".repeat(widths[column] - cells.get(column).length()))
                    .append(" |");
        }
        return line.toString();
    }
}
