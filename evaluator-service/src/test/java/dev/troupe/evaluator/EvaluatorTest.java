package dev.troupe.evaluator;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.schemas.avro.Evaluation;
import dev.troupe.schemas.avro.Task;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EvaluatorTest {

    private static final Task TASK = Task.newBuilder()
            .setTaskId("a")
            .setEnvironment("coding")
            .setPrompt("Return the sum.")
            .build();

    private final List<Task> fed = new ArrayList<>();
    private final List<Evaluation> published = new ArrayList<>();
    private Instant now = Instant.ofEpochMilli(1000);
    private final Evaluator evaluator = new Evaluator(
            new EvaluatorOptions(
                    List.of(new Benchmark("b", "team", "parallel", List.of("team"), 10, 1, 1.0, List.of(TASK))),
                    Duration.ofMinutes(1)),
            () -> now,
            () -> "x",
            fed::addAll,
            published::add,
            new EvaluatorMetrics(new SimpleMeterRegistry()));

    @Test
    void publishesWhatTheEpisodesOfADueVersionAddUpTo() {
        evaluator.on(new Event.Published(Samples.version("team", 0)));
        evaluator.advance();
        assertThat(fed).extracting(Task::getTaskId).containsExactly("eval/b/0/x/a");

        evaluator.on(new Event.Ended(Samples.scored("eval/b/0/x/a", true)));
        evaluator.advance();

        assertThat(published).singleElement().satisfies(evaluation -> {
            assertThat(evaluation.getVersions()).containsEntry("team", 0);
            assertThat(mean(evaluation, "passRate")).isEqualTo(1);
        });
    }

    @Test
    void anEvaluationAlreadyPublishedIsNotRepeated() {
        evaluator.on(new Event.Published(Samples.version("team", 0)));
        evaluator.on(new Event.Evaluated(Evaluation.newBuilder()
                .setBenchmark("b")
                .setEnvironment("coding")
                .setTeamId("team")
                .setCollaboration("parallel")
                .setVersions(Map.of("team", 0))
                .setMetrics(Map.of())
                .setTasks(1)
                .setFinishedAt(1)
                .build()));

        evaluator.advance();

        assertThat(fed).isEmpty();
    }

    @Test
    void anOverdueRunIsPublishedWithItsGapsAsFailures() {
        evaluator.on(new Event.Published(Samples.version("team", 0)));
        evaluator.advance();

        now = now.plus(Duration.ofMinutes(2));
        evaluator.advance();

        assertThat(published).singleElement().satisfies(evaluation -> {
            assertThat(evaluation.getIncomplete()).isEqualTo(1);
            assertThat(mean(evaluation, "passRate")).isZero();
        });
    }

    private static double mean(Evaluation evaluation, String metric) {
        return requireNonNull(evaluation.getMetrics().get(metric), metric).getMean();
    }
}
