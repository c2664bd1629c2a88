package dev.troupe.cli.bench.swap;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.troupe.cli.bench.machine.Machine;
import dev.troupe.cli.terminal.JsonFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** What the runs found. */
record SwapReport(SwapPlan plan, Machine.Load load, List<SwapResult> results) {

    private static final double MIB = 1 << 20;

    SwapReport {
        results = List.copyOf(results);
    }

    void writeJson(Path file) throws IOException {
        JsonFile.write(file, json());
    }

    ObjectNode json() {
        ObjectNode json = new ObjectMapper().createObjectNode();
        json.put("cores", load.cores()).put("versions", plan.versions());
        json.putObject("loadAverage").put("before", load.before()).put("after", load.after());
        json.put("quiet", load.isQuiet());
        ArrayNode runs = json.putArray("runs");
        results.forEach(result -> put(runs.addObject(), result));
        return json;
    }

    private static void put(ObjectNode json, SwapResult result) {
        json.put("size", result.size()).put("swap", result.mode());
        ObjectNode versions = json.putObject("versions")
                .put("announced", result.announced())
                .put("active", result.active())
                .put("skipped", result.skipped());
        ObjectNode refused = versions.putObject("refused");
        result.refused().forEach((fault, count) -> refused.put(fault.name(), count));
        Saturation.Account turns = result.turns();
        json.putObject("turns")
                .put("sent", turns.sent())
                .put("played", turns.played())
                .put("dropped", result.dropped())
                .put("repeated", turns.repeated())
                .put("ofSeveralVersions", turns.severalVersions());
        put(json.putObject("loadMillis"), result.load());
        put(json.putObject("stepMillis"), result.pauses().step());
        put(json.putObject("stepMillisWhileLoading"), result.pauses().stepWhileLoading());
        put(json.putObject("pauseMillis"), result.pauses().pause());
        put(json.putObject("tokenMillis"), result.pauses().tokenAtSwap());
        put(json.putObject("tokenMillisWithoutSwap"), result.pauses().tokenElsewhere());
        json.put("pauseSteps", result.pauses().steps());
        json.put("busyShare", result.busyShare()).put("tokensPerSecond", result.tokensPerSecond());
        json.put("residentBytesPerVersion", Residence.slope(result.residence()));
        ArrayNode points = json.putArray("residentBytes");
        result.residence()
                .forEach(point ->
                        points.addObject().put("version", point.version()).put("bytes", point.bytes()));
    }

    private static void put(ObjectNode json, Millis millis) {
        json.put("count", millis.count())
                .put("p50", millis.p50())
                .put("p99", millis.p99())
                .put("max", millis.max());
    }

    /** Markdown tables for people, and beside each figure what is aimed at. */
    @Override
    public String toString() {
        var text = new StringBuilder();
        line(
                text,
                "| checkpoint, agent.swap | versions served, refused, skipped (goal: 0) | turns played"
                        + " | dropped (goal: 0) | repeated | of several versions | busy (goal: 0.9) | tokens/s |");
        line(text, "|---|---|---|---|---|---|---|---|");
        for (SwapResult r : results) {
            line(
                    text,
                    "| %s, %s | %d, %d, %d | %,d | %d | %d | %,d | %.3f | %,.0f |",
                    r.size(),
                    r.mode(),
                    r.active(),
                    r.refusals(),
                    r.skipped(),
                    r.turns().played(),
                    r.dropped(),
                    r.turns().repeated(),
                    r.turns().severalVersions(),
                    r.busyShare(),
                    r.tokensPerSecond());
        }
        line(text, "");
        line(
                text,
                "| ms: p50 / p99 | step | step while loading | pause for a swap"
                        + " | longest wait for a token at a swap | without one | load | pause in steps, p99 (goal: 1) |");
        line(text, "|---|---|---|---|---|---|---|---|");
        for (SwapResult r : results) {
            Pauses p = r.pauses();
            line(
                    text,
                    "| %s, %s | %s | %s | %s | %s | %s | %s | %.2f |",
                    r.size(),
                    r.mode(),
                    text(p.step()),
                    text(p.stepWhileLoading()),
                    text(p.pause()),
                    text(p.tokenAtSwap()),
                    text(p.tokenElsewhere()),
                    text(r.load()),
                    p.steps());
        }
        line(text, "");
        results.stream().filter(r -> !r.residence().isEmpty()).forEach(r -> resident(text, r));
        line(text, "%s.", load);
        return text.toString();
    }

    private static void resident(StringBuilder text, SwapResult r) {
        line(
                text,
                "Resident, %s, %s: %.0f MiB first, %.0f in the middle, %.0f last; %.1f KiB a version (goal: flat).",
                r.size(),
                r.mode(),
                r.residence().getFirst().bytes() / MIB,
                r.residence().get(r.residence().size() / 2).bytes() / MIB,
                r.residence().getLast().bytes() / MIB,
                Residence.slope(r.residence()) / 1024);
    }

    private static String text(Millis millis) {
        return String.format(Locale.ROOT, "%.2f / %.2f", millis.p50(), millis.p99());
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append(System.lineSeparator());
    }
}
