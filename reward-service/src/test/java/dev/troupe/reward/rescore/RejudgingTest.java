package dev.troupe.reward.rescore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.troupe.reward.coordinator.CoordinatorOptions;
import dev.troupe.reward.environment.Environment;
import dev.troupe.reward.environment.Environments;
import dev.troupe.reward.environment.Steps;
import dev.troupe.reward.judge.JudgeOptions;
import dev.troupe.reward.judge.LocalJudge;
import dev.troupe.reward.rescore.Rejudging.Verdict;
import dev.troupe.runtime.config.Settings;
import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.EpisodeStatus;
import dev.troupe.schemas.avro.EpisodeStep;
import dev.troupe.schemas.avro.Purpose;
import dev.troupe.schemas.avro.RewardWeights;
import dev.troupe.schemas.avro.Score;
import dev.troupe.schemas.avro.Step;
import dev.troupe.schemas.avro.Task;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Past episodes of the writing environment, which needs no sandbox. */
class RejudgingTest {

    private static final Environments ENVIRONMENTS = Environments.load();
    private static final Settings SETTINGS = Settings.of(Map.of("sampling.max.completion.length", "100"));
    private static final String BRIEF = "Farmers in the valley make cheese from goat milk.";
    private static final Task TASK = Task.newBuilder()
            .setTaskId("t")
            .setEnvironment("writing")
            .setPrompt("Cheese in the valley.")
            .build();

    @Test
    void weightsOfTheTaskGiveWayToTheChangedOnes() throws Exception {
        Task task = Task.newBuilder(TASK)
                .setWeights(new RewardWeights(0.0, 1.0, 0.0))
                .build();

        // One of two authors' ten tokens count, of a hundred.
        assertThat(reward(rejudge(WeightChange.NONE, scored(), task))).isEqualTo(0.9, within(1e-12));
        assertThat(reward(rejudge(WeightChange.parse("speed=2"), scored(), task)))
                .isEqualTo(1.8, within(1e-12));
        assertThat(reward(rejudge(WeightChange.parse("quality=0,speed=1"), scored(), TASK)))
                .isEqualTo(0.9, within(1e-12));
    }

    @Test
    void onlyTheScoreDiffersFromTheOriginal() throws Exception {
        Episode before = scored();

        Verdict verdict = rejudge(WeightChange.NONE, before, TASK);

        Episode after = ((Verdict.Rescored) verdict).episode();
        assertThat(after.getScore()).isNotEqualTo(before.getScore());
        assertThat(Episode.newBuilder(after).setScore(before.getScore()).build())
                .isEqualTo(before);
    }

    @Test
    void aPipelineIsJudgedByTheTurnsThatWerePlayed() throws Exception {
        Task task = Task.newBuilder(TASK)
                .setCollaboration("pipeline")
                .setWeights(new RewardWeights(0.0, 1.0, 0.0))
                .build();
        Step step = Steps.of(task, List.of(), Map.of("author1", BRIEF), Map.of("author2", BRIEF));
        Episode episode = Episode.newBuilder(scored())
                .setCollaboration("pipeline")
                .setSteps(List.of(
                        new EpisodeStep(0, step.getJoint().getFirst(), List.of()),
                        new EpisodeStep(1, step.getJoint().getLast(), List.of())))
                .build();

        // Ten tokens after ten, of a hundred each.
        assertThat(reward(rejudge(WeightChange.NONE, episode, task))).isEqualTo(0.9, within(1e-12));
        assertThat(omission(rejudge(WeightChange.NONE, scored(), task)))
                .as("the first turn alone")
                .isEqualTo(LeftOut.UNFINISHED);
    }

    @Test
    void whatCouldNotBeScoredThenMayBeNow() throws Exception {
        Verdict verdict = rejudge(WeightChange.NONE, incomplete("UNSCORABLE:ENVIRONMENT_FAILED"), TASK);

        assertThat(verdict).isInstanceOfSatisfying(Verdict.Rescored.class, rescored -> {
            assertThat(rescored.episode().getStatus()).isEqualTo(EpisodeStatus.SCORED);
            assertThat(rescored.episode().getReason()).isNull();
            assertThat(rescored.episode().getScore()).isNotNull();
        });
    }

    @Test
    void saysWhyAnEpisodeIsLeftOut() throws Exception {
        assertThat(rejudge(WeightChange.NONE, incomplete("ROLE_TIMEOUT:author1"), TASK))
                .isEqualTo(new Verdict.Omitted(LeftOut.INCOMPLETE, "ROLE_TIMEOUT:author1"));
        assertThat(omission(rejudge(WeightChange.NONE, scored(), null))).isEqualTo(LeftOut.TASK_EXPIRED);
        assertThat(omission(rejudge(
                        WeightChange.NONE,
                        Episode.newBuilder(scored()).setSteps(List.of()).build(),
                        TASK)))
                .isEqualTo(LeftOut.TURNS_MISSING);
    }

    @Test
    void anotherJudgeSaysWhatItCannotJudge() throws Exception {
        Verdict verdict = rejudging("coding", WeightChange.NONE).judge(scored(), TASK);

        assertThat(omission(verdict)).isEqualTo(LeftOut.UNSCORABLE);
    }

    private static LeftOut omission(Verdict verdict) {
        return ((Verdict.Omitted) verdict).reason();
    }

    private static double reward(Verdict verdict) {
        return ((Verdict.Rescored) verdict).episode().getScore().getReward();
    }

    private static Verdict rejudge(WeightChange weights, Episode episode, @Nullable Task task) throws Exception {
        return rejudging("writing", weights).judge(episode, task);
    }

    private static Rejudging rejudging(String judge, WeightChange weights) {
        Environment writing = ENVIRONMENTS.find("writing").orElseThrow();
        return new Rejudging(
                writing,
                ENVIRONMENTS.find(judge).orElseThrow(),
                CoordinatorOptions.from(SETTINGS),
                weights,
                new LocalJudge("test", ENVIRONMENTS, JudgeOptions.of(SETTINGS), new SimpleMeterRegistry()));
    }

    private static Episode scored() {
        return episode()
                .setStatus(EpisodeStatus.SCORED)
                .setScore(new Score(7.0, 7.0, 7.0, 7.0, false, List.of(), null))
                .build();
    }

    private static Episode incomplete(String reason) {
        return episode().setStatus(EpisodeStatus.INCOMPLETE).setReason(reason).build();
    }

    private static Episode.Builder episode() {
        Step step = Steps.of(TASK, List.of(), Map.of("author1", BRIEF, "author2", BRIEF + " " + BRIEF));
        return Episode.newBuilder()
                .setTaskId("t")
                .setEpisode(3)
                .setEnvironment("writing")
                .setTeamId("team")
                .setCollaboration("parallel")
                .setPurpose(Purpose.TRAIN)
                .setSteps(List.of(new EpisodeStep(0, step.getJoint().getFirst(), step.getMessages())))
                .setStartedAt(1)
                .setFinishedAt(2);
    }
}
