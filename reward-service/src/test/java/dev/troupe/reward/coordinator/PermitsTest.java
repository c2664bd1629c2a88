package dev.troupe.reward.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.reward.coordinator.Permits.Demand;
import dev.troupe.runtime.config.Settings;
import dev.troupe.schemas.avro.AdmissionCounts;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PermitsTest {

    private static final List<String> POLICIES = List.of("team");
    private static final int HOME = Permits.home("team", 4);
    private static final int AWAY = (HOME + 1) % 4;

    private final MapStore versions = new MapStore();
    private final MapStore store = new MapStore();
    private final List<AdmissionCounts> sent = new ArrayList<>();

    @Test
    void withOnePartitionTheCountThatWasStoredGoesOn() {
        version(1);
        store.put("team", ByteBuffer.allocate(Long.BYTES).putLong(7).array());
        Permits permits = permits(0, 1);

        // (1 + 1 + 1) * 4 groups may be out, 7 are.
        assertThat(takes(permits)).isEqualTo(5);
        assertThat(ByteBuffer.wrap(store.get("team")).getLong()).isEqualTo(12);
        assertThat(takes(permits(0, 1))).isZero();
        assertThat(sent).isEmpty();
    }

    @Test
    void aCountOfOnePartitionOfSeveralIsNotTheTeams() {
        version(10);
        store.put("team", ByteBuffer.allocate(Long.BYTES).putLong(11).array());

        assertThat(takes(permits(HOME, 4))).isEqualTo(8);
    }

    @Test
    void anotherPartitionAsksOnceAndAgainWhileNothingComes() {
        Permits permits = permits(AWAY, 4);
        settle(permits, 3, 0);
        settle(permits, 5, 50);
        settle(permits, 5, Petition.AGAIN.toMillis());

        assertThat(sent).containsExactly(counts(AWAY, HOME, 3, 0, 0), counts(AWAY, HOME, 5, 0, 0));
        assertThat(takes(permits)).isZero();
    }

    @Test
    void whenAllIsThereMoreIsAskedForAtOnce() {
        Permits permits = permits(AWAY, 4);
        settle(permits, 1, 0);
        permits.hear(counts(HOME, AWAY, 1, 0, 1));
        assertThat(takes(permits)).isEqualTo(1);
        settle(permits, 6, 60);

        assertThat(sent.getLast()).isEqualTo(counts(AWAY, HOME, 7, 0, 1));
    }

    @Test
    void whatIsNotNeededIsGivenBackUntilTheHomeKnows() {
        Permits permits = permits(AWAY, 4);
        settle(permits, 3, 0);
        permits.hear(counts(HOME, AWAY, 3, 0, 3));
        assertThat(permits.take("team", POLICIES)).isTrue();
        permits.settle(Map.of(), 10);
        permits.settle(Map.of(), 20);
        permits.settle(Map.of(), 10 + Petition.AGAIN.toMillis());
        permits.hear(new AdmissionCounts("team", HOME, AWAY, List.of(), 3L, 2L, 3L));
        permits.settle(Map.of(), 10 + 3 * Petition.AGAIN.toMillis());

        var given = new AdmissionCounts("team", AWAY, HOME, List.of(), 3L, 2L, 3L);
        assertThat(sent.subList(1, sent.size())).containsExactly(given, given);
        assertThat(takes(permits)).isZero();
    }

    @Test
    void whenOthersPlayTheNextTaskTheHomeIsToldAtOnce() {
        Permits permits = permits(AWAY, 4);
        settle(permits, 3, 0);
        var others = new Demand(List.of("slow"), 3);
        permits.settle(Map.of("team", others), 10);
        permits.settle(Map.of("team", others), 20);

        assertThat(sent).extracting(AdmissionCounts::getPolicies).containsExactly(POLICIES, others.policies());
    }

    @Test
    void whatIsWantedLessIsSaidUntilTheHomeKnows() {
        Permits permits = permits(AWAY, 4);
        settle(permits, 3, 0);
        permits.hear(counts(HOME, AWAY, 3, 0, 0));
        permits.settle(Map.of(), Petition.AGAIN.toMillis());
        permits.hear(new AdmissionCounts("team", HOME, AWAY, List.of(), 0L, 0L, 0L));
        permits.settle(Map.of(), 2 * Petition.AGAIN.toMillis());

        assertThat(sent)
                .containsExactly(
                        counts(AWAY, HOME, 3, 0, 0), new AdmissionCounts("team", AWAY, HOME, List.of(), 0L, 0L, 0L));
    }

    @Test
    void aPermitForATaskThatWasNotDealtIsThereForTheNext() {
        Permits permits = permits(AWAY, 4);
        settle(permits, 1, 0);
        permits.hear(counts(HOME, AWAY, 1, 0, 1));
        assertThat(permits.take("team", POLICIES)).isTrue();
        permits.release("team");

        assertThat(takes(permits(AWAY, 4))).isEqualTo(1);
    }

    @Test
    void theHomeAnswersEveryRequestAndRemembersAcrossRestarts() {
        version(0);
        Permits permits = permits(HOME, 4);
        permits.hear(counts(AWAY, HOME, 5, 0, 0));
        permits.settle(Map.of(), 0);
        permits = permits(HOME, 4);
        permits.hear(counts(AWAY, HOME, 5, 0, 0));
        permits.settle(Map.of(), 1);

        var answer = counts(HOME, AWAY, 5, 0, 5);
        assertThat(sent).containsExactly(answer, answer);
        assertThat(takes(permits)).isEqualTo(3);
    }

    @Test
    void moreThanWasAskedForIsNotBelieved() {
        Permits permits = permits(AWAY, 4);
        permits.hear(counts(HOME, AWAY, 5, 0, 5));
        assertThat(takes(permits)).isZero();

        settle(permits, 2, 0);
        permits.hear(counts(HOME, AWAY, 9, 0, 9));
        assertThat(takes(permits)).isZero();
        permits.hear(counts(HOME, AWAY, 2, 0, 2));
        assertThat(takes(permits)).isEqualTo(2);
    }

    @Test
    void whatAHomeGrantedBecauseOfAnOldRequestIsGivenBack() {
        Permits permits = permits(AWAY, 4);
        permits.hear(counts(HOME, AWAY, 5, 0, 5));
        permits.settle(Map.of(), 0);
        permits.hear(new AdmissionCounts("team", HOME, AWAY, List.of(), 0L, 0L, 5L));
        permits.settle(Map.of(), 1);

        assertThat(sent)
                .containsExactly(
                        new AdmissionCounts("team", AWAY, HOME, List.of(), 0L, 0L, 0L),
                        new AdmissionCounts("team", AWAY, HOME, List.of(), 5L, 5L, 5L));
    }

    @Test
    void theHomeKnowsBestWhatItGranted() {
        version(0);
        Permits permits = permits(HOME, 4);
        permits.hear(counts(AWAY, HOME, 5, 3, 1L << 40));
        permits.settle(Map.of(), 0);

        assertThat(sent).containsExactly(counts(HOME, AWAY, 5, 0, 5));
        assertThat(takes(permits)).isEqualTo(3);
    }

    @Test
    void aTeamThatWouldSplitTheKeysOfTheStoreIsRefused() {
        String team = IntStream.range(0, 100)
                .mapToObj(i -> "de\0o" + i)
                .filter(name -> Permits.home(name, 4) == HOME)
                .findFirst()
                .orElseThrow();
        var counts = new AdmissionCounts(team, AWAY, HOME, POLICIES, 1L, 0L, 0L);

        assertThat(permits(HOME, 4).problem(counts))
                .hasValueSatisfying(problem -> assertThat(problem).contains("teamId"));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, 1, 0, 0, from partition 0 to 0",
        "9, 1, 1, 0, 0, from partition 9",
        "-1, 1, 1, 0, 0, from partition -1",
        "0, 2, 1, 0, 0, to 2 and came to",
        "0, 1, -1, 0, 0, wanted -1",
        "0, 1, 1, 3, 2, returned 3",
    })
    void countsThatCannotBeAreNamed(int from, int to, long wanted, long returned, long granted, String problem) {
        // Partitions are counted from the home here.
        var counts = counts(from < 0 || from > 3 ? from : at(from), at(to), wanted, returned, granted);

        assertThat(permits(at(to == 2 ? 1 : to), 4).problem(counts).orElseThrow())
                .contains(problem.startsWith("from partition 0") ? "came to" : problem.replace("to 2", "to " + at(2)));
    }

    @Test
    void onlyAHomeIsAsked() {
        assertThat(permits(AWAY, 4).problem(counts((AWAY + 1) % 4, AWAY, 1, 0, 0)))
                .hasValueSatisfying(problem -> assertThat(problem).contains("is the home of team 'team'"));
        assertThat(permits(HOME, 4).problem(counts(AWAY, HOME, 1, 0, 0))).isEmpty();
        assertThat(permits(AWAY, 4).problem(counts(HOME, AWAY, 1, 0, 0))).isEmpty();
    }

    private static int at(int fromHome) {
        return (HOME + fromHome) % 4;
    }

    private static AdmissionCounts counts(int from, int to, long wanted, long returned, long granted) {
        return new AdmissionCounts("team", from, to, POLICIES, wanted, returned, granted);
    }

    private static void settle(Permits permits, long waiting, long now) {
        permits.settle(Map.of("team", new Demand(POLICIES, waiting)), now);
    }

    private static int takes(Permits permits) {
        int taken = 0;
        while (permits.take("team", POLICIES)) {
            taken++;
        }
        return taken;
    }

    private void version(int number) {
        versions.put("team", ByteBuffer.allocate(Long.BYTES).putLong(number).array());
    }

    private Permits permits(int partition, int partitions) {
        CoordinatorOptions options = CoordinatorOptions.from(
                        Settings.of(Map.of("train.groups.per.step", "4", "train.max.staleness", "1")))
                .withPartitions(partitions);
        return new Permits(partition, partitions, new Pacing(options, versions), store, sent::add);
    }
}
