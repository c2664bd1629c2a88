package dev.troupe.cli.bench.loop;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.troupe.cli.bench.machine.Machine;
import dev.troupe.cli.bench.peer.Ratio;
import dev.troupe.cli.terminal.JsonFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * What the rounds found.
 *
 * @param agentBusyShare of the wall-clock in which an agent computed whose queue was always full
 */
record LoopReport(
        LoopPlan plan, Machine.Load load, List<SideRun> pipeline, List<SideRun> plain, double agentBusyShare) {

    LoopReport {
        pipeline = List.copyOf(pipeline);
        plain = List.copyOf(plain);
    }

    /** Episodes a second of the pipeline over those of the loop, round by round; the goal is 0.9. */
    Ratio kafkaTax() {
        return Ratio.of(values(pipeline, SideRun::episodesPerSecond), values(plain, SideRun::episodesPerSecond));
    }

    /** Share of the first step's episodes in which both sides drew the same tokens for the same reward; to be 1. */
    double firstStepAgreement() throws IOException {
        List<String> keys = plan.tasks().subList(0, plan.groupsPerStep()).stream()
                .flatMap(task -> IntStream.range(0, plan.numGenerations())
                        .mapToObj(episode -> SideRun.key(task.getTaskId(), episode)))
                .toList();
        return least(keys);
    }

    /** The same of all episodes: a rounding that differs is enough to make later ones differ. */
    double agreement() {
        return least(plain.getFirst().episodes().keySet());
    }

    private double least(Collection<String> keys) {
        return IntStream.range(0, pipeline.size())
                .mapToDouble(round -> pipeline.get(round).agreement(plain.get(round), keys))
                .min()
                .orElseThrow();
    }

    private static List<Double> values(List<SideRun> runs, ToDoubleFunction<SideRun> value) {
        return runs.stream().map(value::applyAsDouble).toList();
    }

    void writeJson(Path file) throws IOException {
        JsonFile.write(file, json());
    }

    ObjectNode json() throws IOException {
        ObjectNode json = new ObjectMapper().createObjectNode();
        json.put("cores", load.cores());
        json.putObject("loadAverage").put("before", load.before()).put("after", load.after());
        json.put("quiet", load.isQuiet());
        json.put("warmUps", plan.warmUps())
                .put("rounds", plan.rounds())
                .put("steps", plan.steps())
                .put("groupsPerStep", plan.groupsPerStep())
                .put("numGenerations", plan.numGenerations())
                .put("staleness", plan.staleness());
        Ratio tax = kafkaTax();
        json.put("kafkaTax", tax.median());
        json.putObject("kafkaTaxOfRounds").put("low", tax.low()).put("high", tax.high());
        json.put("agentBusyShare", agentBusyShare);
        json.put("firstStepAgreement", firstStepAgreement()).put("agreement", agreement());
        put(json.putArray("pipeline"), pipeline);
        put(json.putArray("plainLoop"), plain);
        return json;
    }

    private static void put(ArrayNode json, List<SideRun> runs) {
        runs.forEach(run -> json.addObject()
                .put("episodesPerSecond", run.episodesPerSecond())
                .put("seconds", run.seconds())
                .put("samplingShare", run.sampling())
                .put("trainedSeconds", run.trainedSeconds())
                .put("publishedSeconds", run.publishedSeconds())
                .put("compiledSeconds", run.compiledSeconds())
                .put("meanReward", run.meanReward()));
    }

    /** A Markdown table for people, and beside each figure what is aimed at. */
    String table() throws IOException {
        var text = new StringBuilder();
        line(
                text,
                "Medians of %d rounds after %d to warm up, of %d steps of %d groups of %d episodes, staleness %d.",
                plan.rounds(),
                plan.warmUps(),
                plan.steps(),
                plan.groupsPerStep(),
                plan.numGenerations(),
                plan.staleness());
        line(text, "");
        line(
                text,
                "| side | episodes/s | s | sampling, of the time | training, s | of which checkpoints | compiling Java, s |");
        line(text, "|---|---|---|---|---|---|---|");
        row(text, "pipeline", pipeline);
        row(text, "plain loop", plain);
        line(text, "");
        Ratio tax = kafkaTax();
        line(
                text,
                "The pipeline reaches %.2f of the plain loop (%.2f to %.2f; goal: 0.9).",
                tax.median(),
                tax.low(),
                tax.high());
        line(
                text,
                "Equal tokens and rewards in %.1f %% of the first step's episodes, and in %.1f %% of all.",
                100 * firstStepAgreement(),
                100 * agreement());
        line(text, "An agent whose queue is always full computes %.3f of the time (goal: 0.9).", agentBusyShare);
        line(text, "%s.", load);
        return text.toString();
    }

    private static void row(StringBuilder text, String name, List<SideRun> runs) {
        line(
                text,
                "| %s | %.1f | %.1f | %.2f | %.1f | %.1f | %.1f |",
                name,
                Ratio.median(values(runs, SideRun::episodesPerSecond)),
                Ratio.median(values(runs, SideRun::seconds)),
                Ratio.median(values(runs, SideRun::sampling)),
                Ratio.median(values(runs, SideRun::trainedSeconds)),
                Ratio.median(values(runs, SideRun::publishedSeconds)),
                Ratio.median(values(runs, SideRun::compiledSeconds)));
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append(System.lineSeparator());
    }
}
