package dev.troupe.cli.audit;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.cli.audit.Fate.State;
import dev.troupe.cli.audit.Finding.Kind;
import dev.troupe.runtime.kafka.Origin;
import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.EpisodeGroup;
import dev.troupe.schemas.avro.EpisodeStatus;
import dev.troupe.schemas.avro.ModelVersion;
import dev.troupe.schemas.avro.Purpose;
import dev.troupe.schemas.avro.SkippedGroup;
import dev.troupe.schemas.avro.Task;
import dev.troupe.schemas.avro.TrainingStep;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Each fate once, and each way in which the books can be wrong. */
class LedgerTest {

    private static final int SIZE = 2;

    private boolean believed = true;
    private final Ledger ledger = new Ledger(_ -> believed);
    private long fed;
    private long groups;
    private long consumed = Long.MAX_VALUE;
    private long taken = Long.MAX_VALUE;
    private boolean tasksExpired;
    private boolean groupsExpired;
    private long fedAt;

    private Origin feed(String taskId, Purpose purpose) {
        var origin = new Origin("tasks", 0, fed++);
        ledger.task(
                origin,
                fedAt,
                Optional.of(Task.newBuilder()
                        .setTaskId(taskId)
                        .setEnvironment("coding")
                        .setPrompt("Sort it.")
                        .setPurpose(purpose)
                        .setNumGenerations(SIZE)
                        .build()));
        return origin;
    }

    private Origin feed(String taskId) {
        return feed(taskId, Purpose.TRAIN);
    }

    private Episode episode(String taskId, int number, String reason) {
        return Episode.newBuilder()
                .setTaskId(taskId)
                .setEpisode(number)
                .setEnvironment("coding")
                .setTeamId("team")
                .setCollaboration("parallel")
                .setPurpose(Purpose.TRAIN)
                .setStatus(reason.isEmpty() ? EpisodeStatus.SCORED : EpisodeStatus.INCOMPLETE)
                .setReason(reason.isEmpty() ? null : reason)
                .setSteps(List.of())
                .setStartedAt(fedAt)
                .setFinishedAt(1)
                .build();
    }

    private void play(String taskId, String reason) {
        IntStream.range(0, SIZE).forEach(number -> ledger.episode(episode(taskId, number, reason)));
    }

    private void close(String taskId) {
        ledger.group(
                new Origin("episode-groups", 0, groups++),
                EpisodeGroup.newBuilder()
                        .setTaskId(taskId)
                        .setTeamId("team")
                        .setEnvironment("coding")
                        .setEpisodes(IntStream.range(0, SIZE)
                                .mapToObj(number -> episode(taskId, number, ""))
                                .toList())
                        .setClosedBy("ALL_ENDED")
                        .setClosedAt(1)
                        .build());
    }

    private static TrainingStep step(long number, List<String> trained, List<SkippedGroup> skipped) {
        return TrainingStep.newBuilder()
                .setTeamId("team")
                .setStep(number)
                .setVersions(Map.of("team", (int) number))
                .setMetrics(Map.of())
                .setTaskIds(trained)
                .setSkipped(skipped)
                .setFinishedAt(1)
                .build();
    }

    private void train(long number, String... taskIds) {
        ledger.step(step(number, List.of(taskIds), List.of()));
    }

    private Audit settle() {
        return ledger.settle(
                new Positions(Map.of(0, taken), Map.of("team", Map.of(0, consumed)), tasksExpired, groupsExpired));
    }

    private static Audit.TeamAccount team(Audit audit) {
        return requireNonNull(audit.teams().get("team"), "no account of team");
    }

    private void assertOne(State state, String detail) {
        Audit audit = settle();
        assertThat(audit.findings()).isEmpty();
        assertThat(audit.fed()).isOne();
        assertThat(team(audit).details(state)).containsExactly(Map.entry(detail, 1));
    }

    private void assertFound(Kind kind, String subject) {
        Audit audit = settle();
        assertThat(audit.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.kind()).isEqualTo(kind);
            assertThat(finding.subject()).isEqualTo(subject);
        });
    }

    @Test
    void aTrainedTask() {
        feed("a");
        play("a", "");
        close("a");
        train(1, "a");
        assertOne(State.TRAINED, "");
    }

    @Test
    void aSkippedTaskHasAReason() {
        feed("a");
        play("a", "");
        close("a");
        ledger.step(step(1, List.of(), List.of(new SkippedGroup("a", "ZERO_VARIANCE", null))));
        assertOne(State.SKIPPED, "ZERO_VARIANCE");
    }

    @Test
    void aGroupWithoutAnyScoreIsIncompleteForTheReasonOfItsEpisodes() {
        feed("a");
        play("a", "ROLE_TIMEOUT:main");
        close("a");
        ledger.step(step(1, List.of(), List.of(new SkippedGroup("a", "ALL_INCOMPLETE", null))));
        assertOne(State.INCOMPLETE, "ROLE_TIMEOUT:main");
    }

    @Test
    void anEvaluatedTask() {
        feed("a", Purpose.EVALUATE);
        play("a", "");
        assertOne(State.EVALUATED, "");
    }

    @Test
    void anEvaluationWithoutAnyScoreIsIncomplete() {
        feed("a", Purpose.EVALUATE);
        play("a", "JUDGE_TIMEOUT");
        assertOne(State.INCOMPLETE, "JUDGE_TIMEOUT");
    }

    @Test
    void aDeadLetterAndTheTaskOfTheSameIdThatWasAccepted() {
        feed("a", Purpose.EVALUATE);
        play("a", "");
        ledger.deadLetter(feed("a", Purpose.EVALUATE), "duplicate-task");
        Audit audit = settle();
        assertThat(audit.findings()).isEmpty();
        assertThat(audit.count(State.EVALUATED)).isOne();
        assertThat(audit.count(State.DEAD_LETTERED)).isOne();
    }

    @Test
    void aTaskThatCannotBeReadBelongsToNoTeam() {
        var origin = new Origin("tasks", 0, 0);
        ledger.task(origin, fedAt, Optional.empty());
        ledger.deadLetter(origin, "malformed");
        Audit audit = settle();
        assertThat(audit.findings()).isEmpty();
        assertThat(audit.teams()).containsOnlyKeys(Ledger.NO_TEAM);
    }

    @Test
    void anOpenTaskIsNamedByItsStage() {
        taken = 3;
        consumed = 0;
        feed("played");
        ledger.live("played");
        Origin waiting = feed("waiting");
        ledger.waiting(0, waiting.offset());
        feed("closed");
        play("closed", "");
        close("closed");
        feed("unread");
        Audit audit = settle();
        assertThat(audit.findings()).isEmpty();
        assertThat(team(audit).details(State.OPEN))
                .isEqualTo(Map.of(
                        "being played", 1, "waiting to be dealt", 1, "closed, not trained yet", 1, "not read yet", 1));
    }

    @Test
    void aTaskThatWasReadAndIsNowhereIsLost() {
        feed("a");
        assertFound(Kind.LOST, "a");
    }

    @Test
    void anEvaluationThatIsNowhereIsLost() {
        feed("a", Purpose.EVALUATE);
        assertFound(Kind.LOST, "a");
    }

    @Test
    void anUnreadableTaskThatWasNotSetAsideIsLost() {
        ledger.task(new Origin("tasks", 0, 0), fedAt, Optional.empty());
        assertFound(Kind.LOST, "tasks-0@0");
    }

    @Test
    void aGroupThatWasConsumedWithoutAStepIsLost() {
        feed("a");
        play("a", "");
        close("a");
        assertFound(Kind.LOST, "a");
    }

    @Test
    void aMissingStepIsLost() {
        train(1);
        train(3);
        assertFound(Kind.LOST, "step 2 of team team");
    }

    @Test
    void aGroupTrainedTwiceIsDoubled() {
        feed("a");
        play("a", "");
        close("a");
        train(1, "a");
        train(2, "a");
        assertFound(Kind.DOUBLED, "a");
    }

    @Test
    void aStepPublishedTwiceIsDoubled() {
        train(1);
        train(1);
        assertFound(Kind.DOUBLED, "step 1 of team team");
    }

    @Test
    void aGroupClosedTwiceIsDoubled() {
        feed("a");
        play("a", "");
        close("a");
        close("a");
        assertFound(Kind.DOUBLED, "a");
    }

    @Test
    void anEpisodePublishedTwiceIsDoubled() {
        feed("a");
        play("a", "");
        ledger.episode(episode("a", 1, ""));
        close("a");
        train(1, "a");
        assertFound(Kind.DOUBLED, "a");
    }

    @Test
    void aTaskAcceptedTwiceIsDoubled() {
        feed("a", Purpose.EVALUATE);
        feed("a", Purpose.EVALUATE);
        play("a", "");
        assertFound(Kind.DOUBLED, "a");
    }

    @Test
    void aTaskSetAsideTwiceIsDoubled() {
        Origin origin = feed("a");
        ledger.deadLetter(origin, "malformed");
        ledger.deadLetter(origin, "malformed");
        assertFound(Kind.DOUBLED, origin.toString());
    }

    @Test
    void aGroupThatLacksAnEpisodeContradictsItself() {
        feed("a");
        ledger.episode(episode("a", 1, ""));
        close("a");
        train(1, "a");
        assertFound(Kind.CONTRADICTION, "a");
    }

    @Test
    void whatCameOfATaskThatWasNeverFedIsAContradiction() {
        play("a", "");
        assertFound(Kind.CONTRADICTION, "a");
    }

    @Test
    void anIdMayBeUsedAgainAfterItsWeek() {
        feed("a");
        play("a", "");
        close("a");
        train(1, "a");
        fedAt = Duration.ofDays(8).toMillis();
        feed("a");
        play("a", "");
        close("a");
        train(2, "a");
        Audit audit = settle();
        assertThat(audit.findings()).isEmpty();
        assertThat(audit.count(State.TRAINED)).isEqualTo(2);
    }

    @Test
    void aStepWhoseGroupHasLeftByAgeCounts() {
        groupsExpired = true;
        feed("a");
        play("a", "");
        train(1, "a");
        assertOne(State.TRAINED, "");
    }

    @Test
    void aStepWithoutAGroupIsAContradictionWhileGroupsAreKept() {
        feed("a");
        play("a", "");
        train(1, "a");
        assertFound(Kind.CONTRADICTION, "a");
    }

    @Test
    void whatHappenedTwiceIsFoundAfterItsTaskHasLeftByAge() {
        tasksExpired = true;
        play("a", "");
        train(1, "a");
        train(2, "a");
        assertFound(Kind.DOUBLED, "a");
    }

    @Test
    void aGroupThatLeftByAgeBeforeItWasTrainedIsLost() {
        tasksExpired = true;
        groupsExpired = true;
        play("a", "");
        assertFound(Kind.LOST, "a");
    }

    @Test
    void whatCameOfATaskThatHasLeftByAgeIsNot() {
        tasksExpired = true;
        play("a", "");
        train(1, "a");
        Audit audit = settle();
        assertThat(audit.findings()).isEmpty();
        assertThat(audit.expired()).isOne();
    }

    @Test
    void aVersionThatNamesOtherTasksThanItsStepIsAContradiction() {
        train(1);
        ledger.version(ModelVersion.newBuilder()
                .setPolicyId("team")
                .setVersion(1)
                .setParent(0)
                .setTeamId("team")
                .setArtifactUri("file:///none")
                .setFiles(List.of())
                .setTrainingStep(1)
                .setTaskIds(List.of("a"))
                .setCreatedAt(1)
                .build());
        assertFound(Kind.CONTRADICTION, "team version 1");
    }

    @Test
    void aFindingThatIsNotConfirmedLeavesItsTaskOpen() {
        believed = false;
        feed("a");
        assertOne(State.OPEN, "on its way");
    }

    @Test
    void theTableHasARowForEachTeamAndTheFindings() {
        feed("a");
        feed("b", Purpose.EVALUATE);
        play("b", "");
        String table = new AuditReport(settle()).table(10);
        assertThat(table)
                .contains("1 UNACCOUNTED")
                .contains("LOST a: was read at tasks-0@0")
                .contains("1 things do not add up");
    }
}
