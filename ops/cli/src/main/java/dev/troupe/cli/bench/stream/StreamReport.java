package dev.troupe.cli.bench.stream;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.troupe.cli.bench.machine.Machine;
import dev.troupe.cli.terminal.JsonFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a run found.
 *
 * @param lanes bare loop, pass-through and coordinator, in this order; empty when throughput was not measured
 * @param live by number of live groups, ascending
 * @param scale by number of agents, ascending
 */
record StreamReport(
        StreamPlan plan,
        Machine.Load load,
        List<Measured> lanes,
        Optional<Latency> latency,
        List<Live> live,
        List<Scale> scale) {

    StreamReport {
        lanes = List.copyOf(lanes);
        live = List.copyOf(live);
        scale = List.copyOf(scale);
    }

    /**
     * How long a step takes to be readable.
     *
     * @param episodesPerSecond the load
     * @param fromTurn since the episode's last turn was dealt: two commits of the coordinator and an action
     * @param fromAction since the episode's last action was sent: one commit
     */
    record Latency(double episodesPerSecond, Latencies fromTurn, Latencies fromAction) {}

    /** The cost of records while so many groups wait for their second role. */
    record Live(int groups, Measured measured) {}

    /** @param turnsPerSecond that so many agents play together */
    record Scale(int agents, double turnsPerSecond) {}

    /** Of the coordinator's records per second to those of the pass-through; empty when it was not measured. */
    Optional<Double> ratioToPassThrough() {
        return lanes.isEmpty()
                ? Optional.empty()
                : Optional.of(lanes.get(2).median(Sample::recordsPerSecond)
                        / lanes.get(1).median(Sample::recordsPerSecond));
    }

    /**
     * Turns per second, as a part of what so many agents would play if they did nothing but think. What one agent was
     * measured to play is no base: a few seconds of it hold one turn more or less.
     */
    double efficiency(Scale of) {
        double ideal = of.agents() * 1000.0 / plan.thinking().toMillis();
        return of.turnsPerSecond() / ideal;
    }

    void writeJson(Path file) throws IOException {
        JsonFile.write(file, json());
    }

    ObjectNode json() {
        ObjectNode json = new ObjectMapper().createObjectNode();
        json.put("cores", Runtime.getRuntime().availableProcessors());
        json.putObject("loadAverage").put("before", load.before()).put("after", load.after());
        json.put("quiet", load.isQuiet());
        json.put("rounds", plan.rounds());
        ObjectNode throughput = json.putObject("throughput");
        lanes.forEach(lane -> put(throughput.putObject(lane.name()), lane));
        ratioToPassThrough().ifPresent(ratio -> json.put("ratioToPassThrough", ratio));
        latency.ifPresent(found -> {
            ObjectNode node = json.putObject("latency").put("episodesPerSecond", found.episodesPerSecond());
            put(node.putObject("turnToStepMillis"), found.fromTurn());
            put(node.putObject("actionToStepMillis"), found.fromAction());
        });
        ArrayNode groups = json.putArray("liveGroups");
        live.forEach(entry -> put(groups.addObject().put("groups", entry.groups()), entry.measured()));
        ArrayNode agents = json.putArray("scale");
        scale.forEach(entry -> agents.addObject()
                .put("agents", entry.agents())
                .put("turnsPerSecond", entry.turnsPerSecond())
                .put("efficiency", efficiency(entry)));
        return json;
    }

    private static void put(ObjectNode json, Measured measured) {
        json.put("recordsPerSecond", measured.median(Sample::recordsPerSecond))
                .put("episodesPerSecond", measured.median(Sample::episodesPerSecond))
                .put("ownCpuSecondsPerThousandRecords", measured.median(Sample::ownCpuPerThousand))
                .put("processCpuSecondsPerThousandRecords", measured.median(Sample::processCpuPerThousand));
        ArrayNode rounds = json.putArray("roundsRecordsPerSecond");
        measured.rounds().forEach(sample -> rounds.add(sample.recordsPerSecond()));
    }

    private static void put(ObjectNode json, Latencies latencies) {
        json.put("count", latencies.count())
                .put("p50", latencies.p50())
                .put("p99", latencies.p99())
                .put("max", latencies.max());
    }
}
