package dev.troupe.cli.chaos;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.troupe.cli.audit.Audit;
import dev.troupe.cli.audit.AuditReport;
import dev.troupe.cli.audit.Fate.State;
import dev.troupe.cli.audit.Finding;
import dev.troupe.cli.terminal.JsonFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a run showed.
 *
 * @param longestSilence between two episodes while there was work
 * @param took from the first task to the end of the accounts
 */
record ChaosReport(Fed fed, Violence violence, Duration longestSilence, Duration took, Repeats repeats, Audit audit) {

    private static final int LISTED = 20;
    /** Tasks may run out of time when their agents are killed again and again; more of them is a fault. */
    private static final double MOST_INCOMPLETE = 0.1;

    /**
     * What went in.
     *
     * @param sent records
     * @param taken places in the log that the broker has answered with
     * @param bad records that must become dead letters
     */
    record Fed(int sent, int taken, int bad) {}

    /**
     * What was done to the processes.
     *
     * @param kills by kind of process
     * @param busyKills kills that came while episodes were open
     * @param ownEnds how often a process ended without having been killed
     * @param recoveries by kind: from a kill to the readiness of the process that took over
     */
    record Violence(SortedMap<Kind, Integer> kills, int busyKills, int ownEnds, Map<Kind, List<Duration>> recoveries) {
        Violence {
            kills = new TreeMap<>(kills);
            recoveries = new TreeMap<>(recoveries);
        }

        int killed() {
            return kills.values().stream().mapToInt(Integer::intValue).sum();
        }

        /** All of them, in order of duration. */
        List<Duration> sorted() {
            return recoveries.values().stream().flatMap(List::stream).sorted().toList();
        }
    }

    /** Good tasks that have not come to an end, were set aside, or are nowhere to be found. */
    long lost() {
        return (fed.sent() - fed.taken())
                + Math.max(0, fed.taken() - audit.fed())
                + audit.count(State.OPEN)
                + Math.max(0, audit.count(State.DEAD_LETTERED) - fed.bad())
                + audit.count(Finding.Kind.LOST);
    }

    /** What happened twice: tasks that the log holds more often than they were fed, bad ones that were played. */
    long doubled() {
        return Math.max(0, audit.fed() - fed.taken())
                + Math.max(0, fed.bad() - audit.count(State.DEAD_LETTERED))
                + audit.count(Finding.Kind.DOUBLED);
    }

    long unaccounted() {
        return audit.count(Finding.Kind.CONTRADICTION);
    }

    boolean passed() {
        return lost() == 0
                && doubled() == 0
                && unaccounted() == 0
                && violence.ownEnds() == 0
                && audit.count(State.INCOMPLETE) <= MOST_INCOMPLETE * fed.sent();
    }

    /** By nearest rank; zero when nothing was killed. */
    Duration recovery(double quantile) {
        List<Duration> recoveries = violence.sorted();
        if (recoveries.isEmpty()) {
            return Duration.ZERO;
        }
        int rank = (int) Math.ceil(quantile * recoveries.size());
        return recoveries.get(Math.max(1, rank) - 1);
    }

    @Override
    public String toString() {
        String byKind = violence.kills().entrySet().stream()
                .map(entry -> entry.getKey().label() + " " + entry.getValue())
                .collect(Collectors.joining(", "));
        String slowest = violence.recoveries().entrySet().stream()
                .filter(entry -> !entry.getValue().isEmpty())
                .map(entry -> "%s %.1f s".formatted(entry.getKey().label(), seconds(Collections.max(entry.getValue()))))
                .collect(Collectors.joining(", "));
        return """
                %s
                kills                %d (%s), %d of them while episodes were open
                recovery             p50 %.1f s, p99 %.1f s (from SIGKILL until the process is ready again)
                slowest              %s
                longest silence      %.1f s without an episode while there was work
                dealt again          %d turns, %d steps (deadline)
                delivered again      %d actions and %d judgements came a second time and were ignored
                ended by themselves  %d
                lost %d, doubled %d, unaccounted %d in %.0f s
                """.formatted(
                        new AuditReport(audit).table(LISTED),
                        violence.killed(),
                        byKind,
                        violence.busyKills(),
                        seconds(recovery(0.5)),
                        seconds(recovery(0.99)),
                        slowest,
                        seconds(longestSilence),
                        repeats.redealtTurns(),
                        repeats.repeatedSteps(),
                        repeats.repeatedActions(),
                        repeats.repeatedJudgements(),
                        violence.ownEnds(),
                        lost(),
                        doubled(),
                        unaccounted(),
                        seconds(took));
    }

    void writeJson(Path file, ChaosPlan plan) throws IOException {
        JsonFile.write(file, json(plan));
    }

    ObjectNode json(ChaosPlan plan) {
        ObjectNode json = new ObjectMapper()
                .createObjectNode()
                .put("tasks", audit.fed())
                .put("kills", violence.killed())
                .put("busyKills", violence.busyKills())
                .put("incomplete", audit.count(State.INCOMPLETE))
                .put("lost", lost())
                .put("doubled", doubled())
                .put("unaccounted", unaccounted())
                .put("recoverySecondsP50", seconds(recovery(0.5)))
                .put("recoverySecondsP99", seconds(recovery(0.99)))
                .put("longestSilenceSeconds", seconds(longestSilence))
                .put("endedByThemselves", violence.ownEnds())
                .put("redealtTurns", repeats.redealtTurns())
                .put("repeatedSteps", repeats.repeatedSteps())
                .put("repeatedActions", repeats.repeatedActions())
                .put("repeatedJudgements", repeats.repeatedJudgements())
                .put("seconds", seconds(took))
                .put("seed", plan.seed());
        ObjectNode byKind = json.putObject("killsByKind");
        for (Map.Entry<Kind, Integer> entry : violence.kills().entrySet()) {
            byKind.put(entry.getKey().label(), entry.getValue());
        }
        json.set("audit", new AuditReport(audit).json());
        return json;
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
