package dev.troupe.reward.coordinator;

import static dev.troupe.reward.coordinator.Records.action;
import static dev.troupe.reward.coordinator.Records.message;
import static dev.troupe.reward.coordinator.Records.next;
import static dev.troupe.reward.coordinator.Records.refusal;
import static dev.troupe.reward.coordinator.Records.scored;
import static dev.troupe.reward.coordinator.Records.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.reward.environment.Outcome;
import dev.troupe.reward.environment.Outcome.Scored;
import dev.troupe.reward.writing.WritingEnvironment;
import dev.troupe.runtime.kafka.DeadLetters;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.ChatMessage;
import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.EpisodeGroup;
import dev.troupe.schemas.avro.EpisodeStatus;
import dev.troupe.schemas.avro.EpisodeStep;
import dev.troupe.schemas.avro.Message;
import dev.troupe.schemas.avro.Purpose;
import dev.troupe.schemas.avro.Sampling;
import dev.troupe.schemas.avro.Step;
import dev.troupe.schemas.avro.Term;
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

class CoordinatorTopologyTest {

    private static final Duration TURN = Duration.ofSeconds(60);

    @TempDir
    private Path dir;

    private Harness run;

    @BeforeEach
    void start() {
        run = new Harness(dir, Map.of("num_generations", "2", "coordinator.group.timeout", "150s"));
        run.version("team", 0);
    }

    @AfterEach
    void stop() {
        run.close();
    }

    @Test
    void aTaskBecomesAGroupOfScoredEpisodes() {
        run.task(task("t").setNumGenerations(0).build());
        List<Turn> turns = run.turns();
        run.act(turns);
        List<Step> steps = run.steps();
        steps.forEach(step -> run.judgement(scored(step, 0.25 + step.getEpisode())));
        List<Episode> episodes = run.episodes();
        List<EpisodeGroup> groups = run.groups();

        assertThat(turns).extracting(Turn::getRole).containsExactly("ann", "bob", "ann", "bob");
        assertThat(turns).extracting(Turn::getSeed).doesNotHaveDuplicates();
        Turn first = turns.getFirst();
        assertThat(first.getPrompt()).containsExactly(new ChatMessage("user", "ann: agree"));
        assertThat(first.getRoles()).containsExactly("bob");
        assertThat(first.getPolicyId()).isEqualTo("team");
        assertThat(first.getPolicyVersion()).isNull();
        assertThat(first.getSampling()).isEqualTo(new Sampling(1.0, 1.0, 0, 32));
        assertThat(first.getDeadlineAt()).isEqualTo(run.now().plus(TURN).toEpochMilli());
        assertThat(steps)
                .hasSize(2)
                .allSatisfy(step -> assertThat(step.getJoint()).hasSize(1));
        assertThat(episodes).extracting(Episode::getStatus).containsExactly(EpisodeStatus.SCORED, EpisodeStatus.SCORED);
        assertThat(episodes.getLast().getScore().getReward()).isEqualTo(1.25);
        assertThat(groups).hasSize(1);
        assertThat(groups.getFirst().getEpisodes()).isEqualTo(episodes);
        assertThat(groups.getFirst().getClosedBy()).isEqualTo("ALL_ENDED");
        assertThat(run.size(StoreNames.GROUPS)).isZero();
        assertThat(run.size(StoreNames.DEADLINES)).isZero();
        assertThat(run.deadLetters()).isEmpty();
    }

    @Test
    void anArticleIsPlayedByAnAuthorForEachSection() {
        run.task(task("t")
                .setEnvironment("writing")
                .setFields(Map.of("form", "article", "sections", "Past\nNow\nFuture"))
                .build());
        List<Turn> turns = run.turns();
        for (Turn turn : turns) {
            String title = List.of("Past", "Now", "Future").get(turns.indexOf(turn));
            run.action(Action.newBuilder(action(turn, 0))
                    .setText(title + "\nBakers in the village feed the oven with dry wood.")
                    .build());
        }
        Step step = run.steps().getFirst();
        Outcome outcome = new WritingEnvironment().judge(step, () -> program -> {
            throw new IllegalStateException("writing needs no sandbox");
        });
        run.judgement(
                Records.judgement(step).setScore(((Scored) outcome).score()).build());
        Episode episode = run.episodes().getFirst();

        assertThat(turns).extracting(Turn::getRole).containsExactly("author1", "author2", "author3");
        assertThat(turns.getFirst().getRoles()).containsExactly("author2", "author3");
        assertThat(episode.getStatus()).isEqualTo(EpisodeStatus.SCORED);
        assertThat(episode.getScore().getTerms()).contains(new Term("sections_present", 1.0));
        assertThat(run.deadLetters()).isEmpty();
    }

    @Test
    void turnsGoOnUntilTheScoreAndHistoryIsKept() {
        run.task(task("t").setMaxTurns(2).build());
        List<Turn> opening = run.turns();
        run.message(message(opening.getFirst(), 0));
        run.action(action(opening.getFirst(), 1, 5));
        run.action(action(opening.getLast(), 0, 3));
        run.judgement(next(run.steps().getFirst(), "again", "ann", "bob"));
        List<Turn> second = run.turns();
        run.action(action(second.getFirst(), 0, 2));
        run.action(action(second.getLast(), 0, 4));
        Step last = run.steps().getFirst();
        run.judgement(scored(last, 1));
        Episode episode = run.episodes().getFirst();

        assertThat(second).extracting(Turn::getTurn).containsExactly(1, 1);
        assertThat(second.getLast().getPrompt().getFirst().getContent()).isEqualTo("bob: again");
        assertThat(second.getFirst().getSeed()).isNotEqualTo(opening.getFirst().getSeed());
        assertThat(last.getTurn()).isEqualTo(1);
        assertThat(last.getJoint()).hasSize(2);
        assertThat(last.getMessages()).hasSize(1);
        assertThat(episode.getSteps()).extracting(EpisodeStep::getTurn).containsExactly(0, 1);
        assertThat(episode.getCriticalPathTokens()).isEqualTo(5 + 4);
        assertThat(episode.getMessageTokens()).isEqualTo(3);
    }

    @Test
    void theFirstActionWinsAndOthersAreCounted() {
        run.task(task("t").build());
        List<Turn> turns = run.turns();
        Action first = action(turns.getFirst(), 0, 2);
        run.action(first);
        run.action(action(turns.getFirst(), 0, 9));
        run.action(action(turns.getLast(), 0));
        Step step = run.steps().getFirst();
        run.action(action(turns.getLast(), 0));
        run.judgement(scored(step, 1));
        Episode episode = run.episodes().getFirst();

        assertThat(episode.getSteps().getFirst().getActions().getFirst()).isEqualTo(first);
        assertThat(episode.getDuplicates()).isEqualTo(2);
        assertThat(run.ignored(Ignored.DUPLICATE_ACTION)).isEqualTo(2);
    }

    @Test
    void waitsForAnnouncedMessagesInAnyOrder() {
        run.task(task("t").build());
        List<Turn> turns = run.turns();
        run.message(message(turns.getFirst(), 1));
        run.action(action(turns.getFirst(), 2));
        run.action(action(turns.getLast(), 0));
        assertThat(run.steps()).isEmpty();

        run.message(message(turns.getFirst(), 1));
        assertThat(run.steps()).isEmpty();

        run.message(message(turns.getFirst(), 0));
        Step step = run.steps().getFirst();

        assertThat(step.getMessages()).extracting(Message::getSequence).containsExactly(0, 1);
        assertThat(run.ignored(Ignored.DUPLICATE_MESSAGE)).isEqualTo(1);
    }

    @Test
    void aSilentRoleIsDealtAgainOnceThenTheEpisodeEnds() {
        run.task(task("t").build());
        List<Turn> turns = run.turns();
        run.action(action(turns.getFirst(), 0));
        run.advance(TURN);
        List<Turn> again = run.turns();
        run.advance(TURN);
        Episode episode = run.episodes().getFirst();

        assertThat(again).hasSize(1);
        assertThat(again.getFirst().getRole()).isEqualTo("bob");
        assertThat(again.getFirst().getAttempt()).isEqualTo(1);
        assertThat(again.getFirst().getSeed()).isEqualTo(turns.getLast().getSeed());
        assertThat(episode.getStatus()).isEqualTo(EpisodeStatus.INCOMPLETE);
        assertThat(episode.getReason()).isEqualTo("ROLE_TIMEOUT:bob");
        assertThat(episode.getRedeals()).isEqualTo(1);
        assertThat(episode.getSteps().getFirst().getActions()).hasSize(1);
        assertThat(run.groups()).hasSize(1);
    }

    @Test
    void anAnswerToTheFirstDealStillCountsAfterTheSecond() {
        run.task(task("t").build());
        List<Turn> turns = run.turns();
        run.action(action(turns.getFirst(), 0));
        run.advance(TURN);
        Turn again = run.turns().getFirst();
        run.action(action(turns.getLast(), 0));
        Step step = run.steps().getFirst();
        run.action(action(again, 0));
        run.judgement(scored(step, 1));

        assertThat(run.episodes().getFirst().getDuplicates()).isEqualTo(1);
    }

    @Test
    void anActionAfterTheEndIsLate() {
        run.task(task("t").setNumGenerations(2).build());
        List<Turn> turns = run.turns();
        run.act(turns.subList(0, 2));
        run.judgement(scored(run.steps().getFirst(), 1));
        run.action(action(turns.getFirst(), 0));
        run.act(turns.subList(2, 4));
        Step step = run.steps().getFirst();
        run.judgement(scored(step, 1));
        run.action(action(turns.getLast(), 0));
        run.message(message(turns.getLast(), 0));
        run.judgement(scored(step, 0));

        assertThat(run.episodes()).hasSize(2);
        assertThat(run.groups()).hasSize(1);
        assertThat(run.ignored(Ignored.LATE_ACTION)).isEqualTo(2);
        assertThat(run.ignored(Ignored.LATE_MESSAGE)).isEqualTo(1);
        assertThat(run.ignored(Ignored.LATE_JUDGEMENT)).isEqualTo(1);
        assertThat(run.deadLetters()).isEmpty();
    }

    @Test
    void aRedeliveredJudgementChangesNothing() {
        run.task(task("t").setMaxTurns(2).build());
        run.act(run.turns());
        Step step = run.steps().getFirst();
        run.judgement(next(step, "again", "ann", "bob"));
        run.judgement(next(step, "again", "ann", "bob"));
        List<Turn> second = run.turns();
        run.act(second);
        run.judgement(next(step, "again", "ann", "bob"));
        run.judgement(scored(run.steps().getFirst(), 1));
        Episode episode = run.episodes().getFirst();

        assertThat(second).hasSize(2);
        assertThat(run.turns()).isEmpty();
        assertThat(episode.getDuplicates()).isEqualTo(2);
        assertThat(episode.getStatus()).isEqualTo(EpisodeStatus.SCORED);
    }

    @Test
    void aRefusedTurnIsDealtAgainOnce() {
        run.task(task("t").build());
        Turn turn = run.turns().getFirst();
        run.action(refusal(turn));
        Turn again = run.turns().getFirst();
        run.action(refusal(turn));
        assertThat(run.episodes()).isEmpty();
        run.action(refusal(again));
        Episode episode = run.episodes().getFirst();

        assertThat(again.getAttempt()).isEqualTo(1);
        assertThat(episode.getReason()).isEqualTo("ACTION_REFUSED");
        assertThat(episode.getSteps().getFirst().getActions().getFirst().getRefusal())
                .isEqualTo("prompt too long");
    }

    @Test
    void aStepNobodyJudgesIsHandedOutAgainOnce() {
        run.task(task("t").build());
        run.act(run.turns());
        Step step = run.steps().getFirst();
        run.advance(TURN);
        List<Step> again = run.steps();
        run.advance(TURN);

        assertThat(again).containsExactly(step);
        assertThat(run.episodes().getFirst().getReason()).isEqualTo("JUDGE_TIMEOUT");
    }

    @Test
    void whatTheJudgeCannotScoreEndsWithItsReason() {
        run.task(task("t").build());
        run.act(run.turns());
        run.judgement(Records.judgement(run.steps().getFirst())
                .setUnscorable("SANDBOX_UNAVAILABLE: no child JVM")
                .build());

        assertThat(run.episodes().getFirst().getReason()).isEqualTo("UNSCORABLE:SANDBOX_UNAVAILABLE");
    }

    @Test
    void moreTurnsThanTheTaskAllowsAreNotDealt() {
        run.task(task("t").build());
        run.act(run.turns());
        run.judgement(next(run.steps().getFirst(), "again", "ann", "bob"));

        assertThat(run.turns()).isEmpty();
        assertThat(run.episodes().getFirst().getReason()).isEqualTo("MAX_TURNS");
    }

    @Test
    void theGroupDeadlineEndsWhatIsUnfinished() {
        run.task(task("t").setNumGenerations(2).setMaxTurns(2).build());
        List<Turn> turns = run.turns();
        run.act(turns);
        List<Step> steps = run.steps();
        run.judgement(scored(steps.getFirst(), 1));
        run.advance(TURN.minusSeconds(1));
        run.judgement(next(steps.getLast(), "again", "ann", "bob"));
        run.act(run.turns().subList(0, 1));
        run.advance(Duration.ofSeconds(61));
        run.advance(Duration.ofSeconds(30));
        List<Episode> episodes = run.episodes();
        EpisodeGroup group = run.groups().getFirst();

        assertThat(episodes).extracting(Episode::getStatus).contains(EpisodeStatus.SCORED, EpisodeStatus.INCOMPLETE);
        assertThat(episodes.getLast().getReason()).isEqualTo("GROUP_DEADLINE");
        assertThat(group.getClosedBy()).isEqualTo("DEADLINE");
        assertThat(group.getEpisodes()).hasSize(2);
    }

    @Test
    void anEvaluationIsPinnedAndHasNoGroup() {
        run.task(task("t")
                .setPurpose(Purpose.EVALUATE)
                .setCollaboration("single")
                .setPolicyVersions(Map.of("team", 3))
                .setSampling(new Sampling(0.0, 1.0, 0, 9))
                .build());
        List<Turn> turns = run.turns();
        run.act(turns);
        run.judgement(scored(run.steps().getFirst(), 1));

        assertThat(turns).hasSize(1);
        assertThat(turns.getFirst().getPolicyVersion()).isEqualTo(3);
        assertThat(turns.getFirst().getSampling()).isEqualTo(new Sampling(0.0, 1.0, 0, 9));
        assertThat(run.episodes().getFirst().getPurpose()).isEqualTo(Purpose.EVALUATE);
        assertThat(run.groups()).isEmpty();
        assertThat(run.size(StoreNames.GROUPS)).isZero();
    }

    @Test
    void anIdIsTakenWhileItsTaskLivesAndForAWeekAfterItEnded() {
        run.task(task("t").build());
        List<Turn> turns = run.turns();
        run.task(task("t").build());
        assertThat(reasons()).containsExactly("duplicate-task");

        run.act(turns);
        run.judgement(scored(run.steps().getFirst(), 1));
        assertThat(run.groups()).hasSize(1);
        run.advance(SeenTasks.RETENTION.minusHours(2));
        run.task(task("t").build());
        assertThat(reasons()).containsExactly("duplicate-task");

        run.advance(Duration.ofHours(4));
        run.task(task("t").build());
        assertThat(run.turns()).hasSize(2);
        assertThat(reasons()).isEmpty();
    }

    @Test
    void anActionForAnIdThatIsForgottenIsSetAside() {
        run.task(task("t").build());
        List<Turn> turns = run.turns();
        run.act(turns);
        run.judgement(scored(run.steps().getFirst(), 1));
        run.advance(SeenTasks.RETENTION.plusHours(2));
        run.action(action(turns.getFirst(), 0));

        assertThat(reasons()).as("nothing is known of it any more").containsExactly("malformed");
    }

    @Test
    void whatComesBeforeItsTurnIsRefused() {
        run.task(task("t").setMaxTurns(2).build());
        List<Turn> turns = run.turns();
        Action early = Action.newBuilder(action(turns.getFirst(), 0)).setTurn(1).build();
        run.action(early);
        Step unplayed = new Step(task("t").build(), 0, 0, List.of(), List.of());
        run.judgement(scored(unplayed, 1));

        assertThat(reasons()).contains("malformed");
        assertThat(run.episodes()).isEmpty();
        run.act(turns);
        run.judgement(scored(run.steps().getFirst(), 1));
        assertThat(run.episodes()).extracting(Episode::getStatus).containsExactly(EpisodeStatus.SCORED);
    }

    @Test
    void afterEverythingHasClosedOnlyTheIdsAreLeft() {
        for (int i = 0; i < 50; i++) {
            run.version("team", i);
            run.task(task("t" + i)
                    .setPurpose(i % 5 == 0 ? Purpose.EVALUATE : Purpose.TRAIN)
                    .build());
            run.act(run.turns());
            if (i % 3 > 0) {
                run.steps().forEach(step -> run.judgement(scored(step, 1)));
            }
        }
        run.advance(Duration.ofMinutes(2));
        run.advance(Duration.ofMinutes(2));

        assertThat(run.episodes()).hasSize(50);
        assertThat(run.size(StoreNames.GROUPS)).isZero();
        assertThat(run.size(StoreNames.DEADLINES)).isZero();
        assertThat(run.size(StoreNames.WAITING)).isZero();
        assertThat(run.size(StoreNames.ADMITTED)).as("one a team").isEqualTo(1);
        assertThat(run.size(StoreNames.SEEN)).isEqualTo(50);
        run.advance(SeenTasks.RETENTION.plusHours(2));
        assertThat(run.size(StoreNames.SEEN)).isZero();
    }

    private List<String> reasons() {
        return run.deadLetters().stream()
                .map(letter ->
                        DeadLetters.text(letter.headers(), DeadLetters.REASON).orElseThrow())
                .toList();
    }

    @Test
    void anIdIsTakenWhileItsTaskWaitsHoweverLong() {
        IntStream.range(0, 20).forEach(i -> run.task(task("t" + i).build()));
        assertThat(run.size(StoreNames.WAITING)).isPositive();
        run.advance(SeenTasks.RETENTION.plusHours(2));
        run.advance(SeenTasks.RETENTION.plusHours(2));
        run.task(task("t19").build());

        assertThat(reasons()).containsExactly("duplicate-task");
    }

    @Test
    void seenIdsAreForgottenAWeekAfterTheGroupWasGivenUp() {
        run.task(task("t").build());
        run.advance(SeenTasks.RETENTION);
        assertThat(run.groups()).hasSize(1);
        assertThat(run.size(StoreNames.SEEN)).isEqualTo(1);

        run.advance(SeenTasks.RETENTION.plus(SeenTasks.REST));
        assertThat(run.size(StoreNames.SEEN)).isZero();
    }
}
