package dev.troupe.evaluator;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.evaluator.play.History;
import dev.troupe.evaluator.play.PlayId;
import dev.troupe.schemas.avro.Comparison;
import dev.troupe.schemas.avro.Evaluation;
import dev.troupe.schemas.avro.Purpose;
import dev.troupe.schemas.avro.Task;
import dev.troupe.schemas.avro.Term;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EvaluationRunTest {

    private static final PlayId CANDIDATE = new PlayId("b", 40, "x");
    private static final PlayId SHADOW = new PlayId("b", 20, "x");

    private final Benchmark benchmark = Samples.benchmark(2, "a", "b");
    private final History history = new History(Map.of("b", benchmark.taskIds()));
    private final EvaluationRun run = new EvaluationRun(benchmark, 40, List.of(), "x", history);

    @Test
    void tasksArePinnedAndNamedAfterTheRun() {
        var tasks = run.tasks();

        assertThat(tasks).extracting(Task::getTaskId).containsExactly("eval/b/40/x/a", "eval/b/40/x/b");
        assertThat(tasks).allSatisfy(task -> {
            assertThat(task.getPurpose()).isEqualTo(Purpose.EVALUATE);
            assertThat(task.getPolicyVersions()).containsEntry("team", 40);
            assertThat(task.getNumGenerations()).isEqualTo(2);
            assertThat(task.getSampling().getTemperature()).isEqualTo(0.5);
        });
    }

    @Test
    void completeWhenEveryEpisodeIsBackOnce() {
        play(CANDIDATE, "a", 0, true);
        play(CANDIDATE, "a", 0, true);
        play(CANDIDATE, "a", 1, true);
        play(CANDIDATE, "b", 0, false);
        assertThat(run.isComplete()).isFalse();

        history.add(Samples.incomplete(CANDIDATE.taskId("b"), 1));

        assertThat(run.isComplete()).isTrue();
    }

    @Test
    void anEpisodeWithoutAScoreIsAFailureNotAGap() {
        play(CANDIDATE, "a", 0, true);
        play(CANDIDATE, "a", 1, true);
        play(CANDIDATE, "b", 0, true);
        history.add(Samples.incomplete(CANDIDATE.taskId("b"), 1));

        Evaluation evaluation = run.results(List.of(), 5).getLast();

        assertThat(mean(evaluation, "passRate")).isEqualTo(0.75);
        assertThat(mean(evaluation, "pass@2")).isEqualTo(1);
        assertThat(mean(evaluation, "consistency")).isEqualTo(0.375);
        assertThat(evaluation.getIncomplete()).isEqualTo(1);
        assertThat(mean(evaluation, "criticalPathTokens")).isEqualTo(12);
        assertThat(mean(evaluation, "wallMillis")).isEqualTo(250);
        assertThat(mean(evaluation, "wallMillisPerTask")).isEqualTo(125);
        assertThat(evaluation.getRun()).isEqualTo("x");
        assertThat(evaluation.getShadowOf()).isNull();
        assertThat(evaluation.getComparisons()).isEmpty();
    }

    @Test
    void otherRunsEpisodesAreIgnored() {
        history.add(Samples.scored("train/1", true));
        play(new PlayId("b", 40, "w"), "a", 0, true);

        assertThat(run.received()).isZero();
    }

    @Test
    void aShadowPlaysTheSameTasksPinnedToItsOwnVersion() {
        var both = new EvaluationRun(benchmark, 40, List.of(20), "x", history);

        assertThat(both.tasks())
                .extracting(Task::getTaskId)
                .containsExactly("eval/b/40/x/a", "eval/b/20/x/a", "eval/b/40/x/b", "eval/b/20/x/b");
        assertThat(both.tasks().get(1).getPolicyVersions()).containsExactly(Map.entry("team", 20));
        assertThat(both.expected()).isEqualTo(2 * both.tasks().size());
        assertThat(both.plays(20)).isTrue();
        assertThat(both.plays(0)).isFalse();
    }

    @Test
    void aShadowAndTheVersionBesideItAreComparedBothWays() {
        var both = new EvaluationRun(benchmark, 40, List.of(20), "x", history);
        playAll(CANDIDATE, true);
        playAll(SHADOW, false);
        assertThat(both.isComplete()).isTrue();

        List<Evaluation> results = both.results(List.of(), 5);

        Evaluation shadow = results.getFirst();
        Evaluation candidate = results.getLast();
        assertThat(shadow.getShadowOf()).isEqualTo(40);
        assertThat(shadow.getVersions()).containsExactly(Map.entry("team", 20));
        assertThat(difference(shadow.getComparisons().getFirst(), "passRate")).isEqualTo(-1);
        assertThat(candidate.getShadowOf()).isNull();
        assertThat(candidate.getComparisons()).singleElement().satisfies(comparison -> {
            assertThat(comparison.getVersions()).containsExactly(Map.entry("team", 20));
            assertThat(comparison.getRun()).isEqualTo("x");
            assertThat(difference(comparison, "passRate")).isEqualTo(1);
        });
    }

    @Test
    void aReferenceIsComparedAsItPlayedThen() {
        var then = new PlayId("b", 0, "w");
        playAll(then, false);
        playAll(CANDIDATE, true);

        Evaluation evaluation = run.results(List.of(new Reference(benchmark, history.play(then))), 5)
                .getLast();

        assertThat(evaluation.getComparisons()).singleElement().satisfies(comparison -> {
            assertThat(comparison.getVersions()).containsExactly(Map.entry("team", 0));
            assertThat(comparison.getRun()).isEqualTo("w");
            assertThat(difference(comparison, "pass@1")).isEqualTo(1);
            assertThat(comparison.getDifferences().get("pass@1"))
                    .satisfies(pass -> assertThat(pass.getCount()).isEqualTo(2));
        });
    }

    private void playAll(PlayId id, boolean passed) {
        for (String task : benchmark.taskIds()) {
            play(id, task, 0, passed);
            play(id, task, 1, passed);
        }
    }

    private void play(PlayId id, String task, int index, boolean passed) {
        history.add(Samples.scored(id.taskId(task), index, passed, passed ? 1 : 0.1, new Term("consistency", 0.5))
                .build());
    }

    private static double difference(Comparison comparison, String metric) {
        return requireNonNull(comparison.getDifferences().get(metric), metric).getMean();
    }

    private static double mean(Evaluation evaluation, String metric) {
        return requireNonNull(evaluation.getMetrics().get(metric), metric).getMean();
    }
}
