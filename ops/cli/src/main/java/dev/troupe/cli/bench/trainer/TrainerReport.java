package dev.troupe.cli.bench.trainer;

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

/** What a run found. */
record TrainerReport(Machine machine, Machine.Load load, List<TrainerResult> results) {

    TrainerReport {
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
        json.putObject("loadAverage").put("before", load.before()).put("after", load.after());
        json.put("quiet", load.isQuiet());
        ArrayNode entries = json.putArray("results");
        results.forEach(result -> put(entries.addObject(), result));
        if (load.isQuiet()) {
            ArrayNode verdict = json.putArray("verdict");
            TrainerTargets.verdict(results).forEach(verdict::add);
        }
        return json;
    }

    private static void put(ObjectNode json, TrainerResult result) {
        json.put("size", result.size().name())
                .put("parameters", result.size().config().parameterCount())
                .put("work", result.work().label())
                .put("threads", result.work().threads())
                .put("completionTokens", result.tokens());
        put(json.putArray("ours"), result, result.ours());
        put(json.putArray("theirs"), result, result.theirs());
        ObjectNode ratios = json.putObject("ratios");
        for (Precision mine : Precision.values()) {
            for (Precision other : Precision.values()) {
                result.ratio(mine, other)
                        .ifPresent(ratio -> put(ratios.putObject(mine.label() + "/" + other.label()), ratio));
            }
        }
        result.agreement()
                .ifPresent(agreement -> json.putObject("agreement")
                        .put("steps", agreement.steps())
                        .put("loss", agreement.loss())
                        .put("gradNorm", agreement.gradNorm())
                        .put("largestWeight", agreement.largest())
                        .put("meanWeight", agreement.mean()));
    }

    private static void put(ArrayNode json, TrainerResult result, List<Steps> sides) {
        for (Steps steps : sides) {
            ObjectNode entry = json.addObject()
                    .put("name", steps.name())
                    .put("precision", steps.precision().label())
                    .put("medianSeconds", steps.median())
                    .put("minimumSeconds", steps.minimum())
                    .put("cpuSeconds", steps.medianCpu())
                    .put("tokensPerSecond", result.tokens() / steps.median());
            ArrayNode rounds = entry.putArray("seconds");
            steps.seconds().forEach(rounds::add);
            steps.peakBytes().ifPresent(bytes -> entry.put("peakBytes", bytes));
        }
    }

    private static void put(ObjectNode json, Ratio ratio) {
        json.put("median", ratio.median()).put("low", ratio.low()).put("high", ratio.high());
    }
}
