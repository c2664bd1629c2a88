package dev.troupe.reward.coordinator;

import static dev.troupe.reward.coordinator.Records.action;
import static dev.troupe.reward.coordinator.Records.message;
import static dev.troupe.reward.coordinator.Records.next;
import static dev.troupe.reward.coordinator.Records.scored;
import static dev.troupe.reward.coordinator.Records.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.runtime.kafka.DeadLetters;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.EpisodeStatus;
import dev.troupe.schemas.avro.EpisodeStep;
import dev.troupe.schemas.avro.Step;
import dev.troupe.schemas.avro.Turn;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Turns in which only some of the roles act. */
class PartialTurnsTest {

    @TempDir
    private Path dir;

    private Harness run;

    @BeforeEach
    void start() {
        run = new Harness(dir, Map.of("num_generations", "1"));
        run.version("team", 0);
    }

    @AfterEach
    void stop() {
        run.close();
    }

    @Test
    void aPipelineDealsOneRoleATurn() {
        run.task(task("t").setCollaboration("pipeline").build());
        List<Turn> first = run.turns();
        run.action(action(first.getFirst(), 0, 5));
        Step opened = run.steps().getFirst();
        run.judgement(next(opened, "on", "bob"));
        List<Turn> second = run.turns();
        run.action(action(second.getFirst(), 0, 3));
        Step last = run.steps().getFirst();
        run.judgement(scored(last, 1));
        Episode episode = run.episodes().getFirst();

        assertThat(first).extracting(Turn::getRole).containsExactly("ann");
        assertThat(first.getFirst().getRoles()).containsExactly("bob");
        assertThat(opened.getTask().getMaxTurns()).isEqualTo(2);
        assertThat(second).extracting(Turn::getRole).containsExactly("bob");
        assertThat(second.getFirst().getTurn()).isEqualTo(1);
        assertThat(last.getJoint())
                .extracting(joint -> joint.stream().map(Action::getRole).toList())
                .containsExactly(List.of("ann"), List.of("bob"));
        assertThat(episode.getStatus()).isEqualTo(EpisodeStatus.SCORED);
        assertThat(episode.getSteps()).extracting(EpisodeStep::getTurn).containsExactly(0, 1);
        assertThat(episode.getCriticalPathTokens()).isEqualTo(5 + 3);
        assertThat(run.groups().getFirst().getEpisodes()).containsExactly(episode);
    }

    @Test
    void aDiscussionTakesTwoTurnsWhateverTheTaskSays() {
        run.task(task("t").setCollaboration("discussion").setMaxTurns(5).build());
        List<Turn> turns = run.turns();

        assertThat(turns).extracting(Turn::getRole).containsExactly("ann", "bob");
        run.act(turns);
        assertThat(run.steps().getFirst().getTask().getMaxTurns()).isEqualTo(2);
    }

    @Test
    void whoseTurnItIsNotIsRefused() {
        run.task(task("t").setCollaboration("pipeline").build());
        Turn ann = run.turns().getFirst();
        Turn bob = Turn.newBuilder(ann).setRole("bob").build();
        run.action(action(bob, 0));
        run.message(message(bob, 0));

        assertThat(run.steps()).isEmpty();
        assertThat(run.deadLetters())
                .hasSize(2)
                .allSatisfy(letter -> assertThat(DeadLetters.text(letter.headers(), DeadLetters.MESSAGE))
                        .hasValue("the turn was not dealt to role 'bob', attempt 0"));
    }

    @Test
    void aSilentRoleOfALaterTurnIsDealtAgainAlone() {
        run.task(task("t").setCollaboration("pipeline").build());
        run.act(run.turns());
        run.judgement(next(run.steps().getFirst(), "on", "bob"));
        run.turns();
        run.advance(Duration.ofSeconds(60));
        List<Turn> again = run.turns();
        run.advance(Duration.ofSeconds(60));

        assertThat(again).extracting(Turn::getRole).containsExactly("bob");
        assertThat(run.episodes().getFirst().getReason()).isEqualTo("ROLE_TIMEOUT:bob");
    }

    @ParameterizedTest
    @ValueSource(strings = {"carl", "bob,ann", "ann,ann", "ann,bob,carl"})
    void observationsThatFitNoTurnEndTheEpisode(String roles) {
        run.task(task("t").setMaxTurns(2).build());
        run.act(run.turns());
        run.judgement(next(run.steps().getFirst(), "again", roles.split(",", -1)));

        assertThat(run.episodes().getFirst().getReason()).isEqualTo("BAD_OBSERVATIONS");
    }
}
