package dev.troupe.reward.coordinator;

import static dev.troupe.reward.coordinator.Records.action;
import static dev.troupe.reward.coordinator.Records.message;
import static dev.troupe.reward.coordinator.Records.next;
import static dev.troupe.reward.coordinator.Records.scored;
import static dev.troupe.reward.coordinator.Records.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.reward.collaboration.Collaboration;
import dev.troupe.reward.environment.InvalidTaskException;
import dev.troupe.runtime.config.Settings;
import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.Sampling;
import dev.troupe.schemas.avro.Step;
import dev.troupe.schemas.avro.Task;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StepRecordsTest {

    private static final Map<String, String> SETTINGS =
            Map.of("num_generations", "3", "sampling.temperature", "0.7", "sampling.max.completion.length", "99");

    @TempDir
    private Path dir;

    @Test
    void thePublishedEpisodeGivesTheStepThatWasJudged() throws Exception {
        Task fed = task("t").setNumGenerations(0).setMaxTurns(2).build();
        try (var run = new Harness(dir, SETTINGS)) {
            run.version("team", 0);
            run.task(fed);
            talk(run);
            run.steps().forEach(step -> run.judgement(next(step, "again", "ann", "bob")));
            talk(run);
            List<Step> judged = run.steps();
            judged.forEach(step -> run.judgement(scored(step, 1)));
            List<Episode> episodes = run.episodes();

            Task asDealt = filled(fed);
            assertThat(judged).hasSize(3);
            assertThat(episodes)
                    .extracting(episode -> StepRecords.last(asDealt, episode.getEpisode(), episode.getSteps()))
                    .isEqualTo(judged);
        }
    }

    @Test
    void aCrossedEpisodeGivesTheStepThatWasJudged() throws Exception {
        Task fed = task("t").setNumGenerations(2).setJointMode("cross").build();
        try (var run = new Harness(dir, SETTINGS)) {
            run.version("team", 0);
            run.task(fed);
            talk(run);
            List<Step> judged = run.steps();
            judged.forEach(step -> run.judgement(scored(step, 1)));

            Task asDealt = filled(fed);
            assertThat(judged).hasSize(4);
            assertThat(run.episodes())
                    .extracting(episode -> StepRecords.last(asDealt, episode.getEpisode(), episode.getSteps()))
                    .isEqualTo(judged);
        }
    }

    @Test
    void whatTheTaskSaysStands() throws Exception {
        Task fed = task("t")
                .setJointMode("cross")
                .setSampling(new Sampling(0.1, 0.2, 3, 4))
                .build();

        assertThat(filled(fed)).isEqualTo(fed);
    }

    @Test
    void aLengthThatNobodyGivesIsTheEnvironments() throws Exception {
        Task fed = task("t").setSampling(new Sampling(0.1, 0.2, 3, 0)).build();

        assertThat(filled(fed).getSampling()).isEqualTo(new Sampling(0.1, 0.2, 3, 32));
    }

    @Test
    void everyFormMayWriteAsMuchAsTheParallelOne() throws Exception {
        assertThat(length("parallel")).isEqualTo(99);
        assertThat(length("single")).isEqualTo(2 * 99);
        assertThat(length("pipeline")).isEqualTo(99);
        assertThat(length("discussion")).isEqualTo(99 / 2);
    }

    @Test
    void theFormFixesTheTurnsAndFillingAgainChangesNothing() throws Exception {
        Task pipeline = task("t").setMaxTurns(4).setCollaboration("pipeline").build();

        Task filled = filled(pipeline);

        assertThat(filled.getMaxTurns()).isEqualTo(2);
        assertThat(filled.getSampling().getMaxCompletionLength()).isEqualTo(4 * 99);
        assertThat(filled(filled)).isEqualTo(filled);
    }

    private static int length(String form) throws InvalidTaskException {
        return filled(task("t").setCollaboration(form).build()).getSampling().getMaxCompletionLength();
    }

    private static Task filled(Task task) throws InvalidTaskException {
        return StepRecords.filled(
                task, Collaboration.of(new TalkEnvironment(), task), CoordinatorOptions.from(Settings.of(SETTINGS)));
    }

    private static void talk(Harness run) {
        run.turns().forEach(turn -> {
            run.message(message(turn, 1));
            run.action(action(turn, 2));
            run.message(message(turn, 0));
        });
    }
}
