package dev.troupe.cli.chaos;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.troupe.cli.audit.Audit;
import dev.troupe.cli.audit.AuditReport;
import dev.troupe.cli.audit.Fate.State;
import dev.troupe.cli.audit.Finding;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a run showed.
 *
 * @param fed records that the broker has taken
 * @param kills by kind of process
 * @param ownEnds how often a process ended without having been killed
 * @param recoveries from a kill to the readiness of the process that took over, in order of duration
 * @param longestSilence between two episodes
 * @param took from the first task to the end of the accounts
 */
record ChaosReport(
        int fed,
        SortedMap<Kind, Integer> kills,
        int ownEnds,
        List<Duration> recoveries,
        Duration longestSilence,
        Duration took,
        Repeats repeats,
        Audit audit) {

    private static final int LISTED = 20;

    ChaosReport {
        kills = new TreeMap<>(kills);
        recoveries = recoveries.stream().sorted().toList();
    }

    int killed() {
        return kills.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** Tasks that were taken by the broker and have not come to an end, or are nowhere to be found. */
    long lost() {
        return Math.max(0, fed - audit.fed()) + audit.count(State.OPEN) + audit.count(Finding.Kind.LOST);
    }

    /** What happened twice, tasks that the log holds more often than they were fed included. */
    long doubled() {
        return Math.max(0, audit.fed() - fed) + audit.count(Finding.Kind.DOUBLED);
    }

    long unaccounted() {
        return audit.count(Finding.Kind.CONTRADICTION);
    }

    boolean passed() {
        return lost() == 0 && doubled() == 0 && unaccounted() == 0 && ownEnds == 0;
    }

    /** By nearest rank; zero when nothing was killed. */
    Duration recovery(double quantile) {
        if (recoveries.isEmpty()) {
            return Duration.ZERO;
        }
        int rank = (int) Math.ceil(quantile * recoveries.size());
        return recoveries.get(Math.max(1, rank) - 1);
    }

    @Override
    public String toString() {
        String byKind = kills.entrySet().stream()
                .map(entry -> entry.getKey().label() + " " + entry.getValue())
                .collect(Collectors.joining(", "));
        return """
                %s
                kills                %d (%s)
                recovery             p50 %.1f s, p99 %.1f s, max %.1f s (from SIGKILL until the process is ready again)
                longest silence      %.1f s without an episode
                dealt again          %d turns, %d steps (deadline)
                delivered again      %d actions and %d judgements came a second time and were ignored
                ended by themselves  %d
                lost %d, doubled %d, unaccounted %d in %.0f s
                """.formatted(
                        new AuditReport(audit).table(LISTED),
                        killed(),
                        byKind,
                        seconds(recovery(0.5)),
                        seconds(recovery(0.99)),
                        seconds(recovery(1)),
                        seconds(longestSilence),
                        repeats.redealtTurns(),
                        repeats.repeatedSteps(),
                        repeats.repeatedActions(),
                        repeats.repeatedJudgements(),
                        ownEnds,
                        lost(),
                        doubled(),
                        unaccounted(),
                        seconds(took));
    }

    void writeJson(Path file, ChaosPlan plan) throws IOException {
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), json(plan));
    }

    ObjectNode json(ChaosPlan plan) {
        ObjectNode json = new ObjectMapper()
                .createObjectNode()
                .put("tasks", audit.fed())
                .put("kills", killed())
                .put("lost", lost())
                .put("doubled", doubled())
                .put("unaccounted", unaccounted())
                .put("recoverySecondsP50", seconds(recovery(0.5)))
                .put("recoverySecondsP99", seconds(recovery(0.99)))
                .put("longestSilenceSeconds", seconds(longestSilence))
                .put("endedByThemselves", ownEnds)
                .put("redealtTurns", repeats.redealtTurns())
                .put("repeatedSteps", repeats.repeatedSteps())
                .put("repeatedActions", repeats.repeatedActions())
                .put("repeatedJudgements", repeats.repeatedJudgements())
                .put("seconds", seconds(took))
                .put("seed", plan.seed());
        ObjectNode byKind = json.putObject("killsByKind");
        for (Map.Entry<Kind, Integer> entry : kills.entrySet()) {
            byKind.put(entry.getKey().label(), entry.getValue());
        }
        json.set("audit", new AuditReport(audit).json());
        return json;
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
