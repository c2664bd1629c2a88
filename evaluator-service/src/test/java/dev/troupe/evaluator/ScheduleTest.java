package dev.troupe.evaluator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.schemas.avro.Evaluation;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScheduleTest {

    private final Schedule schedule = new Schedule();
    private final Benchmark benchmark = benchmark("team");

    @Test
    void theUntrainedVersionComesFirstThenTheNewestDue() {
        for (int version = 0; version <= 45; version++) {
            schedule.published(Samples.version("team", version));
        }
        assertThat(schedule.next(benchmark)).hasValue(0);

        schedule.done("b", 0);
        assertThat(schedule.next(benchmark)).hasValue(40);

        schedule.done("b", 40);
        assertThat(schedule.next(benchmark)).isEmpty();

        schedule.published(Samples.version("team", 60));
        assertThat(schedule.next(benchmark)).hasValue(60);
    }

    @Test
    void waitsUntilEveryPolicyOfTheTeamHasTheVersion() {
        var perRole = benchmark("helper-policy", "main-policy");
        schedule.published(Samples.version("helper-policy", 0));
        assertThat(schedule.next(perRole)).isEmpty();

        schedule.published(Samples.version("main-policy", 0));

        assertThat(schedule.next(perRole)).hasValue(0);
    }

    @Test
    void nothingIsDueBeforeAVersionIsPublished() {
        assertThat(schedule.next(benchmark)).isEmpty();
    }

    @Test
    void anUntrainedArmIsEvaluatedOnce() {
        var untrained = benchmark(new Due.OnlyInitial(), "team");
        schedule.published(Samples.version("team", 0));
        schedule.published(Samples.version("team", 20));
        assertThat(schedule.next(untrained)).hasValue(0);

        schedule.done("b", 0);

        assertThat(schedule.next(untrained)).isEmpty();
    }

    @Test
    void namesAreResolvedFromTheVersionInQuestion() {
        schedule.done("b", 0);
        schedule.done("b", 20);
        schedule.done("b", 40);

        assertThat(schedule.resolve(new VersionName.Previous(), benchmark, 40)).hasValue(20);
        assertThat(schedule.resolve(new VersionName.Previous(), benchmark, 0)).isEmpty();
        assertThat(schedule.resolve(new VersionName.Initial(), benchmark, 40)).hasValue(0);
        assertThat(schedule.resolve(new VersionName.Initial(), benchmark, 0)).isEmpty();
        assertThat(schedule.newestDone(benchmark)).hasValue(40);
        assertThat(schedule.resolve(new VersionName.Exactly(33), benchmark, 40)).hasValue(33);
    }

    @Test
    void havingPlayedAsAShadowDoesNotCount() {
        schedule.published(Samples.version("team", 20));
        schedule.done(Evaluation.newBuilder()
                .setBenchmark("b")
                .setEnvironment("coding")
                .setTeamId("team")
                .setCollaboration("parallel")
                .setVersions(Map.of("team", 20))
                .setMetrics(Map.of())
                .setTasks(1)
                .setFinishedAt(1)
                .setShadowOf(40)
                .build());

        assertThat(schedule.next(benchmark)).hasValue(20);
    }

    private static Benchmark benchmark(String... policies) {
        return benchmark(new Due.Every(20), policies);
    }

    private static Benchmark benchmark(Due due, String... policies) {
        return new Benchmark(
                "b",
                "team",
                "parallel",
                List.of(policies),
                due,
                new Draws(1, 1.0, List.of(1)),
                Rivals.NONE,
                List.of(Samples.task("a")));
    }
}
