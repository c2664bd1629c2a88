package dev.troupe.evaluator;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.EpisodeStatus;
import dev.troupe.schemas.avro.Evaluation;
import dev.troupe.schemas.avro.Purpose;
import dev.troupe.schemas.avro.Score;
import dev.troupe.schemas.avro.Task;
import dev.troupe.schemas.avro.Term;
import java.util.List;
import org.junit.jupiter.api.Test;

class EvaluationRunTest {

    private final Benchmark benchmark = new Benchmark(
            "coding-team", "team", "parallel", List.of("team"), 20, 2, 0.5, List.of(task("a"), task("b")));
    private final EvaluationRun run = new EvaluationRun(benchmark, 40, "x");

    @Test
    void tasksArePinnedAndNamedAfterTheRun() {
        var tasks = run.tasks();

        assertThat(tasks)
                .extracting(Task::getTaskId)
                .containsExactly("eval/coding-team/40/x/a", "eval/coding-team/40/x/b");
        assertThat(tasks).allSatisfy(task -> {
            assertThat(task.getPurpose()).isEqualTo(Purpose.EVALUATE);
            assertThat(task.getPolicyVersions()).containsEntry("team", 40);
            assertThat(task.getNumGenerations()).isEqualTo(2);
            assertThat(task.getSampling().getTemperature()).isEqualTo(0.5);
        });
    }

    @Test
    void completeWhenEveryEpisodeIsBackOnce() {
        run.add(episode("a", 0, true));
        run.add(episode("a", 0, true));
        run.add(episode("a", 1, true));
        run.add(episode("b", 0, false));
        assertThat(run.isComplete()).isFalse();

        run.add(incomplete("b", 1));

        assertThat(run.isComplete()).isTrue();
    }

    @Test
    void anEpisodeWithoutAScoreIsAFailureNotAGap() {
        run.add(episode("a", 0, true));
        run.add(episode("a", 1, true));
        run.add(episode("b", 0, true));
        run.add(incomplete("b", 1));

        var evaluation = run.result(5);

        assertThat(mean(evaluation, "passRate")).isEqualTo(0.75);
        assertThat(evaluation.getIncomplete()).isEqualTo(1);
        assertThat(mean(evaluation, "criticalPathTokens")).isEqualTo(12);
        assertThat(mean(evaluation, "wallMillisPerTask")).isEqualTo(125);
    }

    @Test
    void otherRunsEpisodesAreIgnored() {
        run.add(Episode.newBuilder(episode("a", 0, true)).setTaskId("train/1").build());

        assertThat(run.received()).isZero();
    }

    @Test
    void dueAtZeroAndEveryMultiple() {
        assertThat(benchmark.isDue(0)).isTrue();
        assertThat(benchmark.isDue(20)).isTrue();
        assertThat(benchmark.isDue(21)).isFalse();
    }

    private static Task task(String id) {
        return Task.newBuilder()
                .setTaskId(id)
                .setEnvironment("coding")
                .setPrompt("Return the sum.")
                .build();
    }

    private static Episode incomplete(String task, int index) {
        return Episode.newBuilder(episode(task, index, false))
                .setStatus(EpisodeStatus.INCOMPLETE)
                .setReason("ROLE_TIMEOUT:main")
                .setScore(null)
                .build();
    }

    private static Episode episode(String task, int index, boolean passed) {
        var score = Score.newBuilder()
                .setReward(passed ? 1 : 0.1)
                .setQuality(passed ? 1 : 0.1)
                .setSpeed(0)
                .setCoordination(0)
                .setPassed(passed)
                .setTerms(List.of(new Term("consistency", 0.5)))
                .build();
        return Episode.newBuilder()
                .setTaskId("eval/coding-team/40/x/" + task)
                .setEpisode(index)
                .setEnvironment("coding")
                .setTeamId("team")
                .setCollaboration("parallel")
                .setPurpose(Purpose.EVALUATE)
                .setStatus(EpisodeStatus.SCORED)
                .setScore(score)
                .setSteps(List.of())
                .setCriticalPathTokens(12)
                .setMessageTokens(0)
                .setStartedAt(1000)
                .setFinishedAt(1250)
                .build();
    }

    private static double mean(Evaluation evaluation, String metric) {
        return requireNonNull(evaluation.getMetrics().get(metric), metric).getMean();
    }
}
