package dev.troupe.cli.bench.sandbox;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.troupe.cli.bench.machine.Machine;
import dev.troupe.cli.terminal.JsonFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * What a run found.
 *
 * @param programs of a round and lane
 * @param bounds what the bubblewrap sandbox had on this machine
 * @param rows by work, and in it by lane, the bare one first
 */
record SandboxReport(int rounds, int programs, String bounds, Machine.Load load, List<Row> rows) {

    SandboxReport {
        rows = List.copyOf(rows);
    }

    /**
     * One lane at one kind of work.
     *
     * @param rates programs per second, one per round
     * @param bareRates those of bare processes in the same rounds
     */
    record Row(String work, String lane, List<Double> rates, List<Double> bareRates) {

        Row {
            rates = List.copyOf(rates);
            bareRates = List.copyOf(bareRates);
            if (rates.isEmpty() || rates.size() != bareRates.size()) {
                throw new IllegalArgumentException("%d rates beside %d".formatted(rates.size(), bareRates.size()));
            }
        }

        double rate() {
            return median(rates::get);
        }

        /** Time of a program as a multiple of a bare process's in the same round. */
        double timesBare() {
            return median(round -> bareRates.get(round) / rates.get(round));
        }

        private double median(IntToDoubleFunction value) {
            double[] sorted =
                    IntStream.range(0, rates.size()).mapToDouble(value).sorted().toArray();
            int middle = sorted.length / 2;
            return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        }
    }

    void writeJson(Path file) throws IOException {
        JsonFile.write(file, json());
    }

    ObjectNode json() {
        ObjectNode json = new ObjectMapper().createObjectNode();
        json.put("cores", load.cores()).put("rounds", rounds).put("programs", programs);
        json.put("bubblewrap", bounds);
        json.putObject("loadAverage").put("before", load.before()).put("after", load.after());
        json.put("quiet", load.isQuiet());
        ArrayNode lanes = json.putArray("lanes");
        for (Row row : rows) {
            ArrayNode rates = lanes.addObject()
                    .put("work", row.work())
                    .put("lane", row.lane())
                    .put("programsPerSecond", row.rate())
                    .put("timesBare", row.timesBare())
                    .putArray("roundsProgramsPerSecond");
            row.rates().forEach(rates::add);
        }
        return json;
    }

    /** A Markdown table for people. */
    @Override
    public String toString() {
        var text = new StringBuilder();
        line(
                text,
                "Medians of %d rounds of %d programs, one at a time (goal: bubblewrap at most 2.0).",
                rounds,
                programs);
        line(text, "");
        line(text, "| a program with | judged in | programs/s | time / bare |");
        line(text, "|---|---|---|---|");
        for (Row row : rows) {
            line(text, "| %s | %s | %.1f | %.2f |", row.work(), row.lane(), row.rate(), row.timesBare());
        }
        line(text, "");
        line(text, "%s.", load);
        if (!load.isQuiet()) {
            line(
                    text,
                    "The machine was busy: a run is four processes that wait for their turn, so the multiples are high.");
        }
        return text.toString();
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append(System.lineSeparator());
    }
}
