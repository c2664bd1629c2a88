package dev.troupe.cli.bench.stream;

import dev.troupe.cli.bench.stream.StreamReport.Live;
import dev.troupe.cli.bench.stream.StreamReport.Scale;
import java.util.Locale;

/** A report for people: Markdown tables, and beside each what is aimed at. */
record StreamTable(StreamReport report) {

    @Override
    public String toString() {
        var text = new StringBuilder();
        if (!report.lanes().isEmpty()) {
            throughput(text);
        }
        report.latency().ifPresent(latency -> {
            line(text, "");
            line(text, "| latency at %,.0f episodes/s | p50, ms | p99, ms | max, ms |", latency.episodesPerSecond());
            line(text, "|---|---|---|---|");
            latency(text, "last turn dealt to step (goal: 20, 100)", latency.fromTurn());
            latency(text, "last action sent to step", latency.fromAction());
        });
        if (!report.live().isEmpty()) {
            live(text);
        }
        if (!report.scale().isEmpty()) {
            scale(text);
        }
        line(text, "");
        line(text, "%s.", report.load());
        if (!report.load().isQuiet()) {
            line(text, "The machine was busy: ratios and CPU time say something, rates and latencies little.");
        }
        return text.toString();
    }

    private void throughput(StringBuilder text) {
        line(
                text,
                "Medians of %d rounds; a record read counts, and a record written.",
                report.plan().rounds());
        line(text, "");
        line(text, "| lane | records/s | episodes/s | CPU-s per 1,000 records: own threads | whole process |");
        line(text, "|---|---|---|---|---|");
        for (Measured lane : report.lanes()) {
            line(
                    text,
                    "| %s | %,.0f | %s | %.4f | %.4f |",
                    lane.name(),
                    lane.median(Sample::recordsPerSecond),
                    lane.median(Sample::episodesPerSecond) > 0
                            ? String.format(Locale.ROOT, "%,.0f", lane.median(Sample::episodesPerSecond))
                            : "-",
                    lane.median(Sample::ownCpuPerThousand),
                    lane.median(Sample::processCpuPerThousand));
        }
        line(text, "");
        report.ratioToPassThrough()
                .ifPresent(ratio -> line(
                        text,
                        "The coordinator reaches %.0f %% of the pass-through, %.0f %% with the records that judges read and"
                                + " write (goal: 50 %%).",
                        100 * ratio,
                        100 * ratio * Coordination.WITH_JUDGES));
    }

    private static void latency(StringBuilder text, String what, Latencies latencies) {
        line(text, "| %s | %.0f | %.0f | %.0f |", what, latencies.p50(), latencies.p99(), latencies.max());
    }

    private void live(StringBuilder text) {
        line(text, "");
        line(text, "| live groups | records/s | CPU-s per 1,000 records: own threads | whole process |");
        line(text, "|---|---|---|---|");
        for (Live entry : report.live()) {
            line(
                    text,
                    "| %,d | %,.0f | %.4f | %.4f |",
                    entry.groups(),
                    entry.measured().median(Sample::recordsPerSecond),
                    entry.measured().median(Sample::ownCpuPerThousand),
                    entry.measured().median(Sample::processCpuPerThousand));
        }
    }

    private void scale(StringBuilder text) {
        line(text, "");
        line(
                text,
                "| agents, %d ms of thinking | turns/s | efficiency: of the turns that thinking allows (goal: 0.9) |",
                report.plan().thinking().toMillis());
        line(text, "|---|---|---|");
        for (Scale entry : report.scale()) {
            line(text, "| %d | %.1f | %.2f |", entry.agents(), entry.turnsPerSecond(), report.efficiency(entry));
        }
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append(System.lineSeparator());
    }
}
