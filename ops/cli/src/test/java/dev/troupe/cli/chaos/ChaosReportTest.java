package dev.troupe.cli.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.cli.audit.Audit;
import dev.troupe.cli.audit.Audit.TeamAccount;
import dev.troupe.cli.audit.Fate;
import dev.troupe.cli.audit.Fate.State;
import dev.troupe.cli.audit.Finding;
import dev.troupe.cli.audit.Finding.Kind;
import dev.troupe.cli.chaos.ChaosReport.Fed;
import dev.troupe.cli.chaos.ChaosReport.Violence;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ChaosReportTest {

    private static final ChaosPlan PLAN = new ChaosPlan(100, 3, Duration.ofSeconds(1), 1, 1, 9, Path.of("dir"));

    private static final int BAD = 10;

    private static ChaosReport report(int taken, Map<State, Integer> fates, List<Finding> findings, int ownEnds) {
        var team = new TeamAccount();
        fates.forEach((state, count) -> IntStream.range(0, count).forEach(_ -> team.add(Fate.of(state))));
        var violence = new Violence(
                new TreeMap<>(Map.of(dev.troupe.cli.chaos.Kind.AGENT, 2, dev.troupe.cli.chaos.Kind.BROKER, 1)),
                3,
                ownEnds,
                Map.of(
                        dev.troupe.cli.chaos.Kind.AGENT,
                        List.of(Duration.ofSeconds(9), Duration.ofSeconds(1)),
                        dev.troupe.cli.chaos.Kind.BROKER,
                        List.of(Duration.ofSeconds(4))));
        return new ChaosReport(
                new Fed(100, taken, BAD),
                violence,
                Duration.ofSeconds(5),
                Duration.ofSeconds(60),
                new Repeats(1, 2, 3, 4),
                new Audit(new TreeMap<>(Map.of("team", team)), findings, 0));
    }

    private static ChaosReport report(Map<State, Integer> fates, Finding... findings) {
        return report(100, fates, List.of(findings), 0);
    }

    @Test
    void passesWhenEveryTaskHasEnded() {
        ChaosReport report = report(Map.of(State.TRAINED, 90, State.DEAD_LETTERED, BAD));
        assertThat(report.passed()).isTrue();
        assertThat(report.toString()).contains("lost 0, doubled 0, unaccounted 0");
    }

    @Test
    void anOpenTaskAtTheEndIsLost() {
        ChaosReport report = report(Map.of(State.TRAINED, 89, State.DEAD_LETTERED, BAD, State.OPEN, 1));
        assertThat(report.lost()).isOne();
        assertThat(report.passed()).isFalse();
    }

    @Test
    void aGoodTaskThatWasSetAsideIsLost() {
        assertThat(report(Map.of(State.TRAINED, 88, State.DEAD_LETTERED, BAD + 2))
                        .lost())
                .isEqualTo(2);
    }

    @Test
    void aBadTaskThatWasPlayedIsDoubled() {
        assertThat(report(Map.of(State.TRAINED, 91, State.DEAD_LETTERED, BAD - 1))
                        .doubled())
                .isOne();
    }

    @Test
    void aTaskThatTheLogDoesNotHoldIsLost() {
        assertThat(report(Map.of(State.TRAINED, 88, State.DEAD_LETTERED, BAD)).lost())
                .isEqualTo(2);
    }

    @Test
    void twoTasksAtOnePlaceOfTheLogAreOneLost() {
        assertThat(report(99, Map.of(State.TRAINED, 89, State.DEAD_LETTERED, BAD), List.of(), 0)
                        .lost())
                .isOne();
    }

    @Test
    void aTaskThatTheLogHoldsTwiceIsDoubled() {
        assertThat(report(Map.of(State.TRAINED, 91, State.DEAD_LETTERED, BAD)).doubled())
                .isOne();
    }

    @Test
    void findingsAreCountedByKind() {
        ChaosReport report = report(
                Map.of(State.TRAINED, 90, State.DEAD_LETTERED, BAD),
                new Finding(Kind.LOST, "a", ""),
                new Finding(Kind.DOUBLED, "b", ""),
                new Finding(Kind.DOUBLED, "c", ""),
                new Finding(Kind.CONTRADICTION, "d", ""));
        assertThat(report.lost()).isOne();
        assertThat(report.doubled()).isEqualTo(2);
        assertThat(report.unaccounted()).isOne();
    }

    @Test
    void aProcessThatEndsByItselfFailsTheRun() {
        assertThat(report(100, Map.of(State.TRAINED, 90, State.DEAD_LETTERED, BAD), List.of(), 1)
                        .passed())
                .isFalse();
    }

    @Test
    void tasksThatAreNotPlayedFailTheRun() {
        assertThat(report(Map.of(State.INCOMPLETE, 90, State.DEAD_LETTERED, BAD))
                        .passed())
                .isFalse();
    }

    @Test
    void quantilesAreByNearestRank() {
        ChaosReport report = report(Map.of(State.TRAINED, 90, State.DEAD_LETTERED, BAD));
        assertThat(report.recovery(0.5)).isEqualTo(Duration.ofSeconds(4));
        assertThat(report.recovery(0.99)).isEqualTo(Duration.ofSeconds(9));
    }

    @Test
    void jsonHasWhatProgramsAskFor() {
        var json = report(Map.of(State.TRAINED, 90, State.DEAD_LETTERED, BAD)).json(PLAN);
        assertThat(json.get("tasks").asInt()).isEqualTo(100);
        assertThat(json.get("kills").asInt()).isEqualTo(3);
        assertThat(json.get("lost").asLong()).isZero();
        assertThat(json.get("doubled").asLong()).isZero();
        assertThat(json.get("unaccounted").asLong()).isZero();
        assertThat(json.get("recoverySecondsP99").asDouble()).isEqualTo(9.0);
    }
}
