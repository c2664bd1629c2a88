package dev.troupe.cli.rescore;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.troupe.reward.rescore.LeftOut;
import dev.troupe.reward.rescore.RescoreReport;
import dev.troupe.reward.rescore.RescoreReport.Omission;
import dev.troupe.reward.rescore.RescoreRequest;
import dev.troupe.reward.rescore.TeamChange;
import dev.troupe.reward.rescore.WeightChange;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The report as people and programs see it, and the lines on the way. */
class RescoreReportsTest {

    private static final TeamChange RANKED =
            new TeamChange(1200, 3, 0.75, 0.5, 300, 40, OptionalDouble.of(0.25), 250, 30, 20);
    private static final TeamChange NOTHING =
            new TeamChange(0, 2, Double.NaN, Double.NaN, 0, 0, OptionalDouble.empty(), 0, 0, 0);

    private static RescoreReport report(boolean publish) {
        var request = new RescoreRequest(
                "coding",
                "coding",
                Instant.parse("2026-01-01T00:00:00Z"),
                Instant.parse("2026-01-02T00:00:00Z"),
                Optional.empty(),
                WeightChange.parse("speed=1"),
                publish);
        return new RescoreReport(
                "run-7",
                request,
                5,
                1,
                new TreeMap<>(Map.of("team", RANKED, "single", NOTHING)),
                Map.of(LeftOut.TASK_EXPIRED, new Omission(8, "t/0: gone")));
    }

    @Test
    void theTableSaysWhatWasFoundAndWhatWasNot() {
        assertThat(RescoreTable.of(report(true)))
                .contains("1,205 episodes of coding judged again by coding, weights speed=1.0")
                .contains("published as run run-7")
                .containsPattern("team +1,200 +0\\.7500 +0\\.5000 +300 +40 +0\\.250 +30 +20")
                .containsPattern("single +0 +- +- +0 +0 +- +0 +0")
                .contains("team: 3 episodes had no score and have one now")
                .contains("left out: 8 whose task has expired, such as t/0: gone")
                .contains("not asked for: 5 episodes")
                .contains("unreadable: 1 records");
        assertThat(RescoreTable.of(report(false))).contains("nothing published").doesNotContain("run-7");
    }

    @Test
    void namesFromTopicsDoNotSteerTheTerminal() {
        var report = new RescoreReport(
                "run-7",
                report(true).request(),
                0,
                0,
                new TreeMap<>(Map.of("\u001b[2Jteam", RANKED)),
                Map.of(LeftOut.TASK_EXPIRED, new Omission(1, "t\u0007/0: gone")));

        assertThat(RescoreTable.of(report))
                .contains("\\u001b[2Jteam", "t\\u0007/0: gone")
                .doesNotContain("\u001b", "\u0007");
    }

    @Test
    void jsonHasTheSame() {
        JsonNode json = RescoreJson.of(report(true));

        assertThat(json.at("/run").asText()).isEqualTo("run-7");
        assertThat(json.at("/weights").toString()).isEqualTo("{\"speed\":1.0}");
        assertThat(json.at("/team").isNull()).isTrue();
        assertThat(json.at("/published").asBoolean()).isTrue();
        assertThat(json.at("/rejudged").asInt()).isEqualTo(1205);
        assertThat(json.at("/teams/team/meanKendallTauB").asDouble()).isEqualTo(0.25);
        assertThat(json.at("/teams/team/zeroVarianceAfter").asInt()).isEqualTo(20);
        assertThat(json.at("/teams/single/meanRewardBefore").isNull()).isTrue();
        assertThat(json.at("/teams/single/meanKendallTauB").isNull()).isTrue();
        assertThat(json.at("/leftOut/TASK_EXPIRED/episodes").asInt()).isEqualTo(8);
        assertThat(json.at("/notAskedFor").asInt()).isEqualTo(5);
        assertThat(json.at("/unreadable").asInt()).isEqualTo(1);
    }

    @Test
    void progressIsALineEveryTwoSeconds() {
        var out = new StringWriter();
        var clock = new AtomicLong();
        var progress = new RescoreProgress(new PrintWriter(out), clock::get);
        for (int i = 1; i <= 50; i++) {
            clock.addAndGet(100_000_000);
            progress.at(100 * i, i / 50.0);
        }

        assertThat(out.toString().lines())
                .containsExactly(
                        "2,000 episodes judged again, 40 % of the time read",
                        "4,000 episodes judged again, 80 % of the time read");
    }
}
