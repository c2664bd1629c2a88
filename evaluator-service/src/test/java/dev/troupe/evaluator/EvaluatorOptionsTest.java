package dev.troupe.evaluator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.evaluator.alarm.AlarmRule;
import dev.troupe.evaluator.alarm.AlarmRule.Series;
import dev.troupe.runtime.config.ConfigException;
import dev.troupe.runtime.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluatorOptionsTest {

    @TempDir
    private Path directory;

    private final Map<String, String> given = new HashMap<>(Map.of("evaluator.benchmarks", "b"));

    @BeforeEach
    void tasks() throws IOException {
        Path file = Files.writeString(directory.resolve("heldout.jsonl"), """
                {"taskId":"a","environment":"coding","prompt":"x"}
                {"taskId":"b","environment":"coding","prompt":"y"}
                """);
        given.put("benchmark.b.tasks", file.toString());
    }

    @Test
    void whatASettingDoesNotSay() {
        Benchmark benchmark = read().getFirst();

        assertThat(benchmark.teamId()).isEqualTo("team");
        assertThat(benchmark.collaboration()).isEqualTo("parallel");
        assertThat(benchmark.policies()).containsExactly("team");
        assertThat(benchmark.due()).isEqualTo(new Due.Every(20));
        assertThat(benchmark.draws()).isEqualTo(new Draws(1, 1.0, List.of(1)));
        assertThat(benchmark.rivals())
                .isEqualTo(new Rivals(
                        List.of(new VersionName.Initial(), new VersionName.Previous()), List.of(), List.of()));
        assertThat(benchmark.taskIds()).containsExactly("a", "b");
        assertThat(EvaluatorOptions.from(Settings.of(Map.of())))
                .isEqualTo(new EvaluatorOptions(List.of(), List.of(), Duration.ofMinutes(10)));
    }

    @Test
    void aPolicyOfFrozenRolesPublishesNothingToWaitFor() {
        given.put("team.team.policy.helper", "h");
        given.put("team.team.policy.main", "m");
        given.put("trainer.frozen.roles", "team/helper");

        assertThat(read().getFirst().policies()).containsExactly("m");
    }

    @Test
    void everySettingIsRead() {
        set("team", "duo");
        set("collaboration", "discussion");
        set("versions", "initial");
        set("every", "5");
        set("samples", "8");
        set("k", "1,5,8");
        set("temperature", "0.2");
        set("reference", "3");
        set("shadow", "previous,4");
        set("baseline", "c");
        set("limit", "1");
        given.put("evaluator.benchmarks", "b,c");
        given.put("benchmark.c.tasks", String.valueOf(given.get("benchmark.b.tasks")));
        given.put("team.duo.policy.helper", "h");
        given.put("evaluator.timeout", "5s");

        Benchmark benchmark = read().getFirst();

        assertThat(benchmark)
                .isEqualTo(new Benchmark(
                        "b",
                        "duo",
                        "discussion",
                        List.of("h"),
                        new Due.OnlyInitial(),
                        new Draws(8, 0.2, List.of(1, 5, 8)),
                        new Rivals(
                                List.of(new VersionName.Exactly(3)),
                                List.of(new VersionName.Previous(), new VersionName.Exactly(4)),
                                List.of("c")),
                        benchmark.tasks()));
        assertThat(benchmark.taskIds()).containsExactly("a");
    }

    @Test
    void pass1ToTheSamplesInPowersOfTwo() {
        set("samples", "12");

        assertThat(read().getFirst().draws().ks()).containsExactly(1, 2, 4, 8);
    }

    @Test
    void aReferenceCanBeNone() {
        set("reference", "");

        assertThat(read().getFirst().rivals().references()).isEmpty();
    }

    @Test
    void anAlarmIsAPairOfSeries() {
        alarm("b.reward", "b.pass@1");

        var settings = Settings.of(given);
        assertThat(EvaluatorOptions.from(settings).alarms())
                .containsExactly(new AlarmRule("hacking", new Series("b", "reward"), new Series("b", "pass@1")));
        settings.check();
    }

    @Test
    void anAlarmNeedsTwoSeriesOfBenchmarksOfOneTeam() {
        given.put("evaluator.benchmarks", "b,c");
        given.put("benchmark.c.tasks", String.valueOf(given.get("benchmark.b.tasks")));
        given.put("benchmark.c.team", "single");

        assertRefused("reward", "b.passRate", "alarm.hacking.reward 'reward' is not <benchmark>.<metric>");
        assertRefused("b.reward", "d.reward", "alarm.hacking.guard 'd' names no benchmark of evaluator.benchmarks");
        assertRefused("b.reward", "", "alarm.hacking.guard is missing");
        assertRefused("b.reward", "b.reward", "the same reward and guard, b.reward");
        assertRefused("b.reward", "c.reward", "alarm.hacking.guard is of team single, the reward of team team");
    }

    private void assertRefused(String reward, String guard, String message) {
        alarm(reward, guard);
        var settings = Settings.of(given);
        EvaluatorOptions.from(settings);

        assertThatThrownBy(settings::check).isInstanceOf(ConfigException.class).hasMessageContaining(message);
    }

    private void alarm(String reward, String guard) {
        given.put("evaluator.alarms", "hacking");
        given.put("alarm.hacking.reward", reward);
        given.put("alarm.hacking.guard", guard);
    }

    @Test
    void allProblemsAreReportedTogether() {
        set("versions", "some");
        set("k", "2");
        set("reference", "last");
        set("shadow", "-1");
        set("baseline", "b,d");
        given.put("evaluator.benchmarks", "b,a/c");
        given.put("benchmark.a/c.tasks", String.valueOf(given.get("benchmark.b.tasks")));
        var settings = Settings.of(given);
        EvaluatorOptions.from(settings);

        assertThatThrownBy(settings::check)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("benchmark.b.versions 'some' is neither every nor initial")
                .hasMessageContaining("benchmark.b.k '2' is not between 1 and the 1 of benchmark.b.samples")
                .hasMessageContaining("benchmark.b.reference 'last' is none of: initial, previous, a version's number")
                .hasMessageContaining("benchmark.b.shadow '-1' is none of")
                .hasMessageContaining("benchmark.b.baseline 'd' is not another of evaluator.benchmarks")
                .hasMessageContaining("benchmark 'a/c' has a slash");
    }

    private void set(String key, String value) {
        given.put("benchmark.b." + key, value);
    }

    private List<Benchmark> read() {
        var settings = Settings.of(given);
        EvaluatorOptions options = EvaluatorOptions.from(settings);
        settings.check();
        return options.benchmarks();
    }
}
