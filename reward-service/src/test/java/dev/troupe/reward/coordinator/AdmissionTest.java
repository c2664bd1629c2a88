package dev.troupe.reward.coordinator;

import static dev.troupe.reward.coordinator.Records.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.schemas.avro.Purpose;
import dev.troupe.schemas.avro.Turn;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdmissionTest {

    @TempDir
    private Path dir;

    private Harness run;

    @BeforeEach
    void start() {
        run = new Harness(
                dir,
                Map.of(
                        "train.groups.per.step", "2",
                        "train.max.staleness", "1",
                        "team.pair.policy.ann", "a",
                        "team.pair.policy.bob", "b"));
    }

    @AfterEach
    void stop() {
        run.close();
    }

    @Test
    void nothingIsDealtBeforeThereIsAVersion() {
        feed("team", 1);
        assertThat(dealt()).isEmpty();

        run.version("team", 0);
        assertThat(dealt()).containsExactly("team-0");
    }

    @Test
    void tasksAreDealtInOrderAsFarAsTheVersionAllows() {
        run.version("team", 0);
        feed("team", 12);
        assertThat(dealt()).containsExactly("team-0", "team-1", "team-2", "team-3");
        assertThat(run.size(StoreNames.WAITING)).isEqualTo(8);

        run.advance(Duration.ofSeconds(5));
        assertThat(dealt()).isEmpty();

        run.version("team", 1);
        assertThat(dealt()).containsExactly("team-4", "team-5");

        run.version("team", 3);
        assertThat(dealt()).containsExactly("team-6", "team-7", "team-8", "team-9");
    }

    @Test
    void aVersionThatJumpsLetsAsManyGroupsGoAsItsNumberSays() {
        run.version("team", 0);
        feed("team", 30);
        assertThat(dealt()).hasSize(4);

        run.version("team", 7);
        assertThat(dealt()).hasSize((1 + 7 + 1) * 2 - 4);
    }

    @Test
    void aVersionThatGoesBackHoldsTasksUntilItHasCaughtUp() {
        run.version("team", 5);
        feed("team", 12);
        assertThat(dealt()).hasSize(4);

        run.version("team", 3);
        run.version("team", 4);
        run.version("team", 5);
        run.advance(Duration.ofHours(1));
        assertThat(dealt()).isEmpty();
        assertThat(run.size(StoreNames.WAITING)).isEqualTo(8);

        run.version("team", 6);
        assertThat(dealt()).containsExactly("team-4", "team-5");
    }

    @Test
    void theLongestWaitIsForTheTrainerNotForAPolicy() {
        run.version("team", 0);
        feed("team", 6);
        run.advance(Duration.ofDays(3));

        assertThat(run.size(StoreNames.WAITING)).isEqualTo(2);
        assertThat(run.deadLetters()).isEmpty();
    }

    @Test
    void groupsOfEarlierVersionsCountAsAdmitted() {
        run.version("team", 40);
        feed("team", 12);

        assertThat(dealt()).hasSize(4);
    }

    @Test
    void theStepOfTheTeamSetsThePaceAndAPolicyThatIsFrozenDoesNot() {
        feed("pair", 10);
        run.version("a", 5);
        assertThat(dealt()).isEmpty();

        run.version("b", 0);
        assertThat(dealt()).hasSize(4);

        run.version("a", 6);
        assertThat(dealt()).hasSize(2);

        // b learns from now on, and its first version comes of step 7
        run.version(Records.version("b", 1, 7));
        assertThat(dealt()).hasSize(2);
    }

    @Test
    void teamsDoNotWaitForEachOther() {
        run.version("team", 0);
        feed("pair", 2);
        feed("team", 2);

        assertThat(dealt()).containsExactly("team-0", "team-1");
    }

    @Test
    void evaluationsDoNotWaitForTraining() {
        run.version("team", 0);
        feed("team", 6);
        dealt();
        run.task(task("e").setPurpose(Purpose.EVALUATE).build());

        assertThat(dealt()).containsExactly("e");
    }

    @Test
    void aRolesPolicyIsTheOneOfItsSetting() {
        run.version("a", 0);
        run.version("b", 0);
        feed("pair", 1);

        assertThat(run.turns()).extracting(Turn::getPolicyId).containsExactly("a", "b");
    }

    private void feed(String team, int tasks) {
        IntStream.range(0, tasks)
                .forEach(i -> run.task(task(team + "-" + i).setTeamId(team).build()));
    }

    private List<String> dealt() {
        return run.turns().stream().map(Turn::getTaskId).distinct().toList();
    }
}
