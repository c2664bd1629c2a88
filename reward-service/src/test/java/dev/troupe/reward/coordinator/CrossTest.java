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
import dev.troupe.schemas.avro.EpisodeGroup;
import dev.troupe.schemas.avro.EpisodeStatus;
import dev.troupe.schemas.avro.Message;
import dev.troupe.schemas.avro.Purpose;
import dev.troupe.schemas.avro.Step;
import dev.troupe.schemas.avro.Turn;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tasks of which every combination of the roles' completions is judged. */
class CrossTest {

    @TempDir
    private Path dir;

    private Harness run;

    @BeforeEach
    void start() {
        run = new Harness(dir, Map.of("num_generations", "3", "train.joint.mode", "cross"));
        run.version("team", 0);
    }

    @AfterEach
    void stop() {
        run.close();
    }

    private List<Turn> dealt() {
        run.task(task("t").setNumGenerations(3).setJointMode("cross").build());
        return run.turns();
    }

    /** Says who wrote it, so that combinations can be told apart. */
    private static Action signed(Turn turn, int messages) {
        return Action.newBuilder(action(turn, messages))
                .setText(turn.getRole() + turn.getEpisode())
                .build();
    }

    private static List<String> texts(Episode episode) {
        return episode.getSteps().stream()
                .flatMap(step -> step.getActions().stream())
                .map(Action::getText)
                .toList();
    }

    @Test
    void threeDrawsOfTwoRolesMakeNineEpisodes() {
        List<Turn> turns = dealt();
        turns.forEach(turn -> run.action(signed(turn, 0)));
        List<Step> steps = run.steps();
        steps.forEach(step -> run.judgement(scored(step, step.getEpisode())));
        EpisodeGroup group = run.groups().getFirst();

        assertThat(turns)
                .extracting(turn -> turn.getRole() + turn.getEpisode())
                .containsExactly("ann0", "bob0", "ann1", "bob1", "ann2", "bob2");
        assertThat(steps).extracting(Step::getEpisode).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8);
        assertThat(steps.getFirst().getTask().getJointMode()).isEqualTo("cross");
        assertThat(group.getEpisodes()).extracting(Episode::getEpisode).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8);
        for (Episode episode : group.getEpisodes()) {
            int number = episode.getEpisode();
            assertThat(texts(episode)).containsExactly("ann" + number / 3, "bob" + number % 3);
            assertThat(episode.getScore().getReward()).isEqualTo(number);
            assertThat(episode.getCriticalPathTokens()).isEqualTo(2);
        }
        assertThat(run.episodes()).containsExactlyInAnyOrderElementsOf(group.getEpisodes());
        assertThat(run.size(StoreNames.GROUPS) + run.size(StoreNames.DEADLINES)).isZero();
    }

    @Test
    void aDrawIsTheSameActionInAllItsEpisodes() {
        run.act(dealt());
        run.steps().forEach(step -> run.judgement(scored(step, 1)));
        var places = new TreeMap<String, Integer>();
        run.groups().getFirst().getEpisodes().stream()
                .flatMap(episode -> episode.getSteps().getFirst().getActions().stream())
                .forEach(drawn -> places.merge(drawn.getRole() + drawn.getEpisode(), 1, Integer::sum));

        assertThat(places).isEqualTo(Map.of("ann0", 3, "ann1", 3, "ann2", 3, "bob0", 3, "bob1", 3, "bob2", 3));
    }

    @Test
    void anEpisodeGoesToTheJudgesWithTheLastOfItsOwnDraws() {
        List<Turn> turns = dealt();
        run.action(action(turns.get(0), 0));
        assertThat(run.steps()).isEmpty();
        run.action(action(turns.get(3), 0));
        assertThat(run.steps()).extracting(Step::getEpisode).containsExactly(1);
        run.action(action(turns.get(1), 0));
        assertThat(run.steps()).extracting(Step::getEpisode).containsExactly(0);
        run.action(action(turns.get(4), 0));
        assertThat(run.steps()).extracting(Step::getEpisode).containsExactly(6, 7);
    }

    @Test
    void theFirstActionOfADrawCounts() {
        List<Turn> turns = dealt();
        turns.forEach(turn -> {
            run.action(signed(turn, 0));
            run.action(Action.newBuilder(action(turn, 0)).setText("again").build());
        });
        List<Step> steps = run.steps();
        steps.forEach(step -> run.judgement(scored(step, 1)));
        List<Episode> episodes = run.episodes();

        assertThat(steps).hasSize(9);
        assertThat(episodes)
                .hasSize(9)
                .allSatisfy(episode -> assertThat(texts(episode)).doesNotContain("again"));
        assertThat(run.ignored(Ignored.DUPLICATE_ACTION)).isEqualTo(6);
        // Only what came before an episode was complete is known to it.
        assertThat(episodes.getLast().getDuplicates()).isEqualTo(1);
    }

    @Test
    void messagesGoWithTheirDraw() {
        List<Turn> turns = dealt();
        turns.forEach(turn -> {
            run.action(action(turn, 1));
            run.message(Message.newBuilder(message(turn, 0))
                    .setContent(turn.getRole() + turn.getEpisode())
                    .build());
        });
        List<Step> steps = run.steps();
        run.message(message(turns.getFirst(), 0));

        assertThat(steps)
                .hasSize(9)
                .allSatisfy(step -> assertThat(step.getMessages())
                        .extracting(Message::getContent)
                        .containsExactly("ann" + step.getEpisode() / 3, "bob" + step.getEpisode() % 3));
        assertThat(run.ignored(Ignored.DUPLICATE_MESSAGE)).isEqualTo(1);
    }

    @Test
    void aDrawThatNeverComesMakesItsCombinationsIncomplete() {
        List<Turn> turns = dealt();
        turns.subList(0, 5).forEach(turn -> run.action(signed(turn, 0)));
        run.steps().forEach(step -> run.judgement(scored(step, 1)));
        run.advance(Duration.ofSeconds(60));
        List<Turn> again = run.turns();
        run.advance(Duration.ofSeconds(60));
        run.action(signed(turns.getLast(), 0));
        List<Episode> episodes = run.groups().getFirst().getEpisodes();

        assertThat(again).hasSize(1).first().satisfies(turn -> {
            assertThat(turn.getRole()).isEqualTo("bob");
            assertThat(turn.getEpisode()).isEqualTo(2);
            assertThat(turn.getAttempt()).isEqualTo(1);
            assertThat(turn.getSeed()).isEqualTo(turns.getLast().getSeed());
        });
        assertThat(episodes).hasSize(9).allSatisfy(episode -> {
            boolean lost = episode.getEpisode() % 3 == 2;
            assertThat(episode.getStatus()).isEqualTo(lost ? EpisodeStatus.INCOMPLETE : EpisodeStatus.SCORED);
            assertThat(episode.getReason()).isEqualTo(lost ? "ROLE_TIMEOUT:bob" : null);
            assertThat(episode.getRedeals()).isEqualTo(lost ? 1 : 0);
            assertThat(texts(episode)).contains("ann" + episode.getEpisode() / 3);
        });
        assertThat(run.ignored(Ignored.LATE_ACTION)).isEqualTo(1);
    }

    @Test
    void whatComesAfterALostDrawIsRecordedToo() {
        List<Turn> turns = dealt();
        run.action(Records.refusal(turns.getFirst()));
        Turn again = run.turns().getFirst();
        run.action(Records.refusal(again));
        assertThat(run.episodes()).isEmpty();
        turns.subList(1, 6).forEach(turn -> run.action(signed(turn, 0)));
        List<Episode> ended = run.episodes();

        assertThat(ended).extracting(Episode::getEpisode).containsExactlyInAnyOrder(0, 1, 2);
        assertThat(ended).allSatisfy(episode -> {
            assertThat(episode.getReason()).isEqualTo("ACTION_REFUSED");
            assertThat(texts(episode)).contains("bob" + episode.getEpisode());
        });
    }

    @Test
    void allDrawsLostCloseTheGroup() {
        dealt();
        run.advance(Duration.ofSeconds(60));
        run.advance(Duration.ofSeconds(60));

        assertThat(run.groups()).hasSize(1).first().satisfies(group -> {
            assertThat(group.getClosedBy()).isEqualTo("ALL_ENDED");
            assertThat(group.getEpisodes())
                    .hasSize(9)
                    .allSatisfy(episode -> assertThat(episode.getReason()).isEqualTo("ROLE_TIMEOUT:ann"));
        });
    }

    @Test
    void aStepNobodyJudgesIsGivenUpForItsEpisodeAlone() {
        run.act(dealt());
        run.steps().stream().filter(step -> step.getEpisode() != 4).forEach(step -> run.judgement(scored(step, 1)));
        run.advance(Duration.ofSeconds(60));
        List<Step> again = run.steps();
        run.advance(Duration.ofSeconds(60));

        assertThat(again).extracting(Step::getEpisode).containsExactly(4);
        assertThat(run.groups().getFirst().getEpisodes())
                .filteredOn(episode -> episode.getStatus() == EpisodeStatus.INCOMPLETE)
                .singleElement()
                .satisfies(episode -> assertThat(episode.getReason()).isEqualTo("JUDGE_TIMEOUT"));
    }

    @Test
    void theGroupsDeadlineEndsWhatIsUnfinished() {
        List<Turn> turns = dealt();
        turns.subList(0, 2).forEach(turn -> run.action(signed(turn, 0)));
        run.advance(Duration.ofMinutes(20));
        EpisodeGroup group = run.groups().getFirst();

        assertThat(group.getClosedBy()).isEqualTo("DEADLINE");
        assertThat(group.getEpisodes())
                .hasSize(9)
                .allSatisfy(episode -> assertThat(episode.getReason()).isEqualTo("GROUP_DEADLINE"));
        assertThat(texts(group.getEpisodes().getFirst())).containsExactly("ann0", "bob0");
        assertThat(texts(group.getEpisodes().get(1))).containsExactly("ann0");
        assertThat(group.getEpisodes().getLast().getSteps()).isEmpty();
    }

    @Test
    void aJudgeThatWantsAnotherTurnIsNotFollowed() {
        run.act(dealt());
        run.judgement(next(run.steps().getFirst(), "on", "ann", "bob"));

        assertThat(run.turns()).isEmpty();
        assertThat(run.episodes().getFirst().getReason()).isEqualTo("MAX_TURNS");
    }

    @Test
    void whatBelongsToNoDrawIsSetAside() {
        Turn turn = dealt().getFirst();
        run.action(action(Turn.newBuilder(turn).setEpisode(3).build(), 0));
        run.action(action(Turn.newBuilder(turn).setRole("eve").build(), 0));
        run.action(action(Turn.newBuilder(turn).setTurn(1).build(), 0));
        run.message(message(Turn.newBuilder(turn).setAttempt(1).build(), 0));

        assertThat(run.deadLetters())
                .extracting(letter ->
                        DeadLetters.text(letter.headers(), DeadLetters.MESSAGE).orElse(""))
                .containsExactly(
                        "the task has 3 draws of each of the roles [ann, bob], not draw 3 of role 'ann'",
                        "the task has 3 draws of each of the roles [ann, bob], not draw 0 of role 'eve'",
                        "turn 1 has not come yet",
                        "the turn was not dealt to role 'ann', attempt 1");
    }

    @Test
    void theSettingCrossesTrainingTasksThatSayNothing() {
        run.task(task("trains").setNumGenerations(2).build());
        assertThat(run.turns()).hasSize(4);
        run.task(task("aligned").setNumGenerations(2).setJointMode("aligned").build());
        run.act(run.turns());
        List<Step> aligned = run.steps();
        run.task(task("evaluates")
                .setNumGenerations(2)
                .setPurpose(Purpose.EVALUATE)
                .build());
        run.act(run.turns());

        assertThat(aligned).hasSize(2);
        assertThat(run.steps())
                .hasSize(2)
                .allSatisfy(step -> assertThat(step.getTask().getJointMode()).isEqualTo("aligned"));
    }

    @Test
    void oneRoleAloneIsAligned() {
        run.task(task("t")
                .setCollaboration("single")
                .setNumGenerations(3)
                .setJointMode("cross")
                .build());
        run.act(run.turns());

        assertThat(run.steps())
                .hasSize(3)
                .allSatisfy(step -> assertThat(step.getTask().getJointMode()).isEqualTo("aligned"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "crossed | parallel | 1 | 3 | TRAIN | jointMode is 'crossed', it must be aligned or cross",
                "CROSS | parallel | 1 | 3 | TRAIN | jointMode is 'CROSS', it must be aligned or cross",
                "cross | parallel | 2 | 3 | TRAIN | it takes 2 turns (parallel), a crossed task takes one",
                "cross | pipeline | 1 | 3 | TRAIN | it takes 2 turns (pipeline)",
                "cross | discussion | 1 | 3 | TRAIN | it takes 2 turns (discussion)",
                "cross | parallel | 1 | 3 | EVALUATE | an evaluation judges what a team plays",
                "cross | parallel | 1 | 17 | TRAIN | 17 completions of each of 2 roles are more than 256 combinations",
            })
    void whatCannotBeCrossedIsRefused(
            String mode, String collaboration, int maxTurns, int generations, Purpose purpose, String why) {
        run.task(task("t")
                .setJointMode(mode)
                .setCollaboration(collaboration)
                .setMaxTurns(maxTurns)
                .setNumGenerations(generations)
                .setPurpose(purpose)
                .build());

        assertThat(run.turns()).isEmpty();
        assertThat(run.deadLetters()).singleElement().satisfies(letter -> {
            assertThat(DeadLetters.text(letter.headers(), DeadLetters.REASON)).hasValue("invalid-task");
            assertThat(DeadLetters.text(letter.headers(), DeadLetters.MESSAGE).orElse(""))
                    .contains(why);
        });
    }

    @Test
    void sixteenDrawsOfTwoRolesAreAsManyAsMayBe() {
        run.task(task("t").setNumGenerations(16).build());
        List<Turn> turns = run.turns();
        turns.forEach(turn -> run.action(action(turn, 0)));

        assertThat(turns).hasSize(32);
        assertThat(run.steps())
                .extracting(Step::getEpisode)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 256).boxed().toList());
    }
}
