package dev.troupe.evaluator;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.troupe.evaluator.alarm.AlarmRule;
import dev.troupe.evaluator.alarm.AlarmRule.Series;
import dev.troupe.schemas.avro.Alarm;
import dev.troupe.schemas.avro.Comparison;
import dev.troupe.schemas.avro.Difference;
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

    private static final AlarmRule HACKING =
            new AlarmRule("hacking", new Series("b", "reward"), new Series("b", "pass@1"));

    private final List<Task> fed = new ArrayList<>();
    private final List<Evaluation> published = new ArrayList<>();
    private final List<Alarm> raised = new ArrayList<>();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private Instant now = Instant.ofEpochMilli(1000);
    private final Evaluator evaluator = evaluator(Rivals.NONE);

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
        evaluator.on(new Event.Evaluated(evaluation(0).build()));

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

    @Test
    void versionsBeforeAreComparedWithAlsoAfterARestart() {
        var restarted = evaluator(
                new Rivals(List.of(new VersionName.Initial(), new VersionName.Previous()), List.of(), List.of()));
        for (int version : List.of(0, 10, 20)) {
            restarted.on(new Event.Published(Samples.version("team", version)));
        }
        restarted.on(new Event.Ended(Samples.scored("eval/b/0/u/a", false)));
        restarted.on(new Event.Ended(Samples.scored("eval/b/10/v/a", true)));
        restarted.on(new Event.Evaluated(evaluation(0).build()));
        restarted.on(new Event.Evaluated(evaluation(10).build()));

        restarted.advance();
        restarted.on(new Event.Ended(Samples.scored("eval/b/20/x/a", true)));
        restarted.advance();

        assertThat(published)
                .singleElement()
                .satisfies(evaluation -> assertThat(evaluation.getComparisons())
                        .extracting(Comparison::getVersions, Comparison::getRun)
                        .containsExactly(tuple(Map.of("team", 0), "u"), tuple(Map.of("team", 10), "v")));
    }

    @Test
    void whatMayBeReferredToIsKeptFromRunToRun() {
        var names = List.<VersionName>of(new VersionName.Initial(), new VersionName.Previous());
        var running = evaluator(new Rivals(names, List.of(), List.of()));
        for (int version : List.of(0, 10, 20, 30)) {
            running.on(new Event.Published(Samples.version("team", version)));
            running.advance();
            running.on(new Event.Ended(Samples.scored("eval/b/%d/x/a".formatted(version), true)));
            running.advance();
        }

        assertThat(published.getLast().getComparisons())
                .extracting(Comparison::getVersions)
                .containsExactly(Map.of("team", 0), Map.of("team", 20));
    }

    @Test
    void aShadowIsPublishedBesideTheVersionAndReplacesItsReference() {
        var canary = evaluator(new Rivals(
                List.of(new VersionName.Initial()),
                List.of(new VersionName.Initial(), new VersionName.Exactly(7)),
                List.of()));
        canary.on(new Event.Published(Samples.version("team", 0)));
        canary.on(new Event.Published(Samples.version("team", 10)));
        canary.on(new Event.Ended(Samples.scored("eval/b/0/u/a", false)));
        canary.on(new Event.Evaluated(evaluation(0).build()));

        canary.advance();
        assertThat(fed)
                .as("version 7 was never published")
                .extracting(Task::getTaskId)
                .containsExactly("eval/b/10/x/a", "eval/b/0/x/a");
        canary.on(new Event.Ended(Samples.scored("eval/b/10/x/a", true)));
        canary.advance();
        assertThat(published).as("the shadow is not back").isEmpty();
        canary.on(new Event.Ended(Samples.scored("eval/b/0/x/a", true)));
        canary.advance();

        assertThat(published)
                .extracting(evaluation -> evaluation.getVersions().get("team"), Evaluation::getShadowOf)
                .containsExactly(tuple(0, 10), tuple(10, null));
        assertThat(published.getLast().getComparisons())
                .extracting(Comparison::getRun)
                .containsExactly("x");
    }

    @Test
    void anAlarmIsRaisedOnce() {
        var rise = new Difference(0.2, 0.1, 0.3, 0.01, 30);
        var fall = new Difference(-0.2, -0.3, -0.1, 0.01, 30);
        var evaluation = evaluation(10)
                .setComparisons(
                        List.of(new Comparison("b", Map.of("team", 0), "x", Map.of("reward", rise, "pass@1", fall))))
                .build();
        evaluator.on(new Event.Evaluated(evaluation));
        evaluator.advance();
        evaluator.on(new Event.Raised(raised.getFirst()));
        evaluator.on(new Event.Evaluated(evaluation));
        evaluator.advance();

        assertThat(raised).extracting(Alarm::getAlarm, Alarm::getVersion).containsExactly(tuple("hacking", 10));
        assertThat(meters.counter(EvaluatorMetrics.ALARMS).count()).isOne();
    }

    @Test
    void aBaselineIsComparedAsItWasEvaluatedLast() {
        Benchmark team = Samples.benchmark(1, new Rivals(List.of(), List.of(), List.of("alone")), "a");
        var alone = new Benchmark(
                "alone", "single", "single", List.of("single"), team.due(), team.draws(), Rivals.NONE, team.tasks());
        var both = evaluator(List.of(team, alone));
        both.on(new Event.Published(Samples.version("single", 0)));
        both.on(new Event.Published(Samples.version("team", 0)));
        both.advance();
        both.on(new Event.Ended(Samples.scored("eval/alone/0/x/a", false)));
        both.advance();
        both.on(new Event.Ended(Samples.scored("eval/b/0/x/a", true)));
        both.advance();

        assertThat(published)
                .extracting(
                        Evaluation::getBenchmark,
                        evaluation -> evaluation.getComparisons().size())
                .containsExactly(tuple("alone", 0), tuple("b", 1));
        assertThat(published.getLast().getComparisons())
                .extracting(Comparison::getBenchmark, Comparison::getVersions)
                .containsExactly(tuple("alone", Map.of("single", 0)));
    }

    private Evaluator evaluator(Rivals rivals) {
        return evaluator(List.of(Samples.benchmark(1, rivals, "a")));
    }

    private Evaluator evaluator(List<Benchmark> benchmarks) {
        return new Evaluator(
                new EvaluatorOptions(benchmarks, List.of(HACKING), Duration.ofMinutes(1)),
                () -> now,
                () -> "x",
                fed::addAll,
                published::add,
                raised::add,
                new EvaluatorMetrics(meters));
    }

    private static Evaluation.Builder evaluation(int version) {
        return Evaluation.newBuilder()
                .setBenchmark("b")
                .setEnvironment("coding")
                .setTeamId("team")
                .setCollaboration("parallel")
                .setVersions(Map.of("team", version))
                .setMetrics(Map.of())
                .setTasks(1)
                .setFinishedAt(1);
    }

    private static double mean(Evaluation evaluation, String metric) {
        return requireNonNull(evaluation.getMetrics().get(metric), metric).getMean();
    }
}
