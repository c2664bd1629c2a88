package dev.troupe.cli.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.troupe.cli.bench.machine.Machine;
import dev.troupe.cli.bench.peer.Precision;
import dev.troupe.cli.bench.peer.Ratio;
import dev.troupe.cli.terminal.JsonFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What a run found.
 *
 * @param ceilingGigaflops of fp32 matrix products on one thread of the same run
 */
record BenchReport(Machine machine, Machine.Load load, double ceilingGigaflops, List<Result> results) {

    BenchReport {
        results = List.copyOf(results);
    }

    void writeJson(Path file) throws IOException {
        JsonFile.write(file, json());
    }

    ObjectNode json() {
        ObjectNode json = new ObjectMapper().createObjectNode();
        json.putObject("machine")
                .put("processor", machine.processor())
                .put("cores", machine.cores())
                .put("system", machine.system())
                .put("java", machine.java())
                .put("engine", machine.engine());
        json.put("threads", 1);
        json.putObject("loadAverage").put("before", load.before()).put("after", load.after());
        json.put("quiet", load.isQuiet());
        json.put("ceilingGigaflops", ceilingGigaflops);
        ArrayNode entries = json.putArray("results");
        results.forEach(result -> put(entries.addObject(), result));
        if (load.isQuiet()) {
            ArrayNode verdict = json.putArray("verdict");
            Targets.verdict(results).forEach(verdict::add);
        }
        return json;
    }

    private void put(ObjectNode json, Result result) {
        json.put("size", result.size().name());
        json.put("parameters", result.size().config().parameterCount());
        json.put("workload", result.workload().kind());
        json.put("batch", result.workload().batch());
        switch (result.workload()) {
            case Workload.Generate generate ->
                json.put("promptLength", generate.promptLength()).put("newTokens", generate.newTokens());
            case Workload.Train train -> json.put("length", train.length());
        }
        put(json.putArray("ours"), result, result.ours());
        put(json.putArray("theirs"), result, result.theirs());
        ObjectNode ratios = json.putObject("ratios");
        for (Precision precision : Precision.values()) {
            result.ratio(precision).ifPresent(ratio -> put(ratios.putObject(precision.label()), ratio));
        }
        result.bestRatio().ifPresent(ratio -> put(ratios.putObject("best"), ratio));
    }

    private void put(ArrayNode json, Result result, List<Measurement> measurements) {
        for (Measurement measurement : measurements) {
            ObjectNode entry = json.addObject()
                    .put("name", measurement.name())
                    .put("precision", measurement.precision().label())
                    .put("tokensPerSecond", measurement.median())
                    .put("bestTokensPerSecond", measurement.best())
                    .put("shareOfCeiling", result.shareOfCeiling(measurement, ceilingGigaflops));
            ArrayNode rounds = entry.putArray("rounds");
            measurement.rates().forEach(rounds::add);
            measurement.peakBytes().ifPresent(bytes -> entry.put("peakBytes", bytes));
            measurement.loss().ifPresent(loss -> entry.put("firstLoss", loss));
        }
    }

    private static void put(ObjectNode json, Ratio ratio) {
        json.put("median", ratio.median()).put("low", ratio.low()).put("high", ratio.high());
    }
}
