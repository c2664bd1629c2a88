package dev.troupe.evaluator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.schemas.avro.Task;
import java.util.List;
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

    private static Benchmark benchmark(String... policies) {
        var task = Task.newBuilder()
                .setTaskId("a")
                .setEnvironment("coding")
                .setPrompt("p")
                .build();
        return new Benchmark("b", "team", "parallel", List.of(policies), 20, 1, 1.0, List.of(task));
    }
}
