package dev.troupe.evaluator.alarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.evaluator.alarm.AlarmRule.Series;
import dev.troupe.schemas.avro.Alarm;
import dev.troupe.schemas.avro.Comparison;
import dev.troupe.schemas.avro.Difference;
import dev.troupe.schemas.avro.Evaluation;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AlarmsTest {

    private static final AlarmRule RULE =
            new AlarmRule("hacking", new Series("train", "reward"), new Series("strict", "pass@1"));

    private final Alarms alarms = new Alarms(List.of(RULE));

    @Test
    void aRewardThatRisesWhileItsGuardFallsIsAnAlarm() {
        alarms.evaluated(evaluation("train", 40, "reward", difference(0.1, 0.3)).build());
        assertThat(alarms.due()).as("the guard is not known yet").isEmpty();

        alarms.evaluated(
                evaluation("strict", 40, "pass@1", difference(-0.3, -0.1)).build());

        assertThat(alarms.due()).singleElement().satisfies(alarm -> {
            assertThat(alarm.getAlarm()).isEqualTo("hacking");
            assertThat(alarm.getTeamId()).isEqualTo("team");
            assertThat(alarm.getVersion()).isEqualTo(40);
            assertThat(alarm.getReference()).isZero();
            assertThat(alarm.getReward().getMetric()).isEqualTo("reward");
            assertThat(alarm.getGuard().getBenchmark()).isEqualTo("strict");
            assertThat(alarm.getGuard().getDifference().getHigh()).isEqualTo(-0.1);
        });
    }

    @ParameterizedTest
    @CsvSource({
        "-0.01, 0.3, -0.3, -0.1", // the rise may be chance
        "0.1, 0.3, -0.3, 0.01", // the fall may be chance
        "0.1, 0.3, 0.1, 0.3", // both rise
        "-0.3, -0.1, -0.3, -0.1", // both fall
        "0, 0, -0.3, -0.1", // nothing has moved
    })
    void anythingElseIsNone(double rewardLow, double rewardHigh, double guardLow, double guardHigh) {
        alarms.evaluated(evaluation("train", 40, "reward", difference(rewardLow, rewardHigh))
                .build());
        alarms.evaluated(evaluation("strict", 40, "pass@1", difference(guardLow, guardHigh))
                .build());

        assertThat(alarms.due()).isEmpty();
    }

    @Test
    void fewTasksProveNothingHoweverMuchTheyAgree() {
        alarms.evaluated(evaluation("train", 40, "reward", new Difference(0.5, 0.5, 0.5, 0.0625, 5))
                .build());
        alarms.evaluated(evaluation("strict", 40, "pass@1", new Difference(-0.5, -0.5, -0.5, 0.0625, 5))
                .build());

        assertThat(alarms.due()).isEmpty();
    }

    @Test
    void whatWasSaidIsNotSaidAgain() {
        hear(alarms, 40);
        Alarm alarm = alarms.due().getFirst();
        alarms.raised(alarm);
        hear(alarms, 40);
        assertThat(alarms.due()).isEmpty();

        var restarted = new Alarms(List.of(RULE));
        hear(restarted, 40);
        restarted.raised(alarm);
        assertThat(restarted.due()).as("whichever topic is read first").isEmpty();
        hear(restarted, 60);
        assertThat(restarted.due()).extracting(Alarm::getVersion).containsExactly(60);
    }

    @Test
    void onlyTheSameTwoVersionsAreHeldTogether() {
        alarms.evaluated(evaluation("train", 40, "reward", difference(0.1, 0.3)).build());
        alarms.evaluated(
                evaluation("strict", 60, "pass@1", difference(-0.3, -0.1)).build());

        assertThat(alarms.due()).isEmpty();
    }

    @Test
    void aShadowSaysNothingAndNeitherDoesAStepBack() {
        alarms.evaluated(evaluation("train", 40, "reward", difference(0.1, 0.3))
                .setShadowOf(60)
                .build());
        alarms.evaluated(evaluation("train", 40, "reward", difference(0.1, 0.3))
                .setComparisons(List.of(comparison("train", 50, "reward", difference(0.1, 0.3))))
                .build());
        alarms.evaluated(evaluation("strict", 40, "pass@1", difference(-0.3, -0.1))
                .setComparisons(List.of(
                        comparison("strict", 0, "pass@1", difference(-0.3, -0.1)),
                        comparison("strict", 50, "pass@1", difference(-0.3, -0.1))))
                .build());

        assertThat(alarms.due()).isEmpty();
    }

    @Test
    void whatABaselineDoesBetterIsNoChangeOfTheTeam() {
        alarms.evaluated(evaluation("train", 40, "reward", difference(0.1, 0.3)).build());
        alarms.evaluated(evaluation("strict", 40, "pass@1", difference(-0.3, -0.1))
                .setComparisons(List.of(comparison("baseline", 0, "pass@1", difference(-0.3, -0.1))))
                .build());

        assertThat(alarms.due()).isEmpty();
    }

    @Test
    void aSeriesIsABenchmarkAndAMetric() {
        assertThat(Series.parse("a.b.pass@1")).isEqualTo(new Series("a.b", "pass@1"));
        for (String wrong : List.of("reward", ".reward", "train.", "")) {
            assertThatThrownBy(() -> Series.parse(wrong)).hasMessageContaining("<benchmark>.<metric>");
        }
    }

    private static void hear(Alarms alarms, int version) {
        alarms.evaluated(
                evaluation("train", version, "reward", difference(0.1, 0.3)).build());
        alarms.evaluated(
                evaluation("strict", version, "pass@1", difference(-0.3, -0.1)).build());
    }

    private static Difference difference(double low, double high) {
        return new Difference((low + high) / 2, low, high, 0.01, 30);
    }

    private static Comparison comparison(String benchmark, int reference, String metric, Difference difference) {
        return new Comparison(benchmark, Map.of("team", reference), "x", Map.of(metric, difference));
    }

    private static Evaluation.Builder evaluation(String benchmark, int version, String metric, Difference difference) {
        return Evaluation.newBuilder()
                .setBenchmark(benchmark)
                .setEnvironment("coding")
                .setTeamId("team")
                .setCollaboration("parallel")
                .setVersions(Map.of("team", version))
                .setMetrics(Map.of())
                .setTasks(30)
                .setFinishedAt(7)
                .setComparisons(List.of(comparison(benchmark, 0, metric, difference)));
    }
}
