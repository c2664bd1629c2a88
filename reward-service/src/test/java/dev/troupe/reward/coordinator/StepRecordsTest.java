package dev.troupe.reward.coordinator;

import static dev.troupe.reward.coordinator.Records.action;
import static dev.troupe.reward.coordinator.Records.message;
import static dev.troupe.reward.coordinator.Records.next;
import static dev.troupe.reward.coordinator.Records.scored;
import static dev.troupe.reward.coordinator.Records.task;
import static org.assertj.core.api.Assertions.assertThat;

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
    void thePublishedEpisodeGivesTheStepThatWasJudged() {
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

            assertThat(judged).hasSize(3);
            assertThat(episodes)
                    .extracting(episode -> StepRecords.last(filled(fed), episode.getEpisode(), episode.getSteps()))
                    .isEqualTo(judged);
        }
    }

    @Test
    void whatTheTaskSaysStands() {
        Task fed = task("t").setSampling(new Sampling(0.1, 0.2, 3, 4)).build();

        assertThat(filled(fed)).isEqualTo(fed);
    }

    @Test
    void aLengthThatNobodyGivesIsTheEnvironments() {
        Task fed = task("t").setSampling(new Sampling(0.1, 0.2, 3, 0)).build();

        assertThat(filled(fed).getSampling()).isEqualTo(new Sampling(0.1, 0.2, 3, 32));
    }

    private static Task filled(Task task) {
        return StepRecords.filled(task, new TalkEnvironment(), CoordinatorOptions.from(Settings.of(SETTINGS)));
    }

    private static void talk(Harness run) {
        run.turns().forEach(turn -> {
            run.message(message(turn, 1));
            run.action(action(turn, 2));
            run.message(message(turn, 0));
        });
    }
}
