package dev.troupe.reward.coordinator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.runtime.kafka.DeadLetters;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.AdmissionCounts;
import dev.troupe.schemas.avro.Purpose;
import dev.troupe.schemas.avro.Task;
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

/**
 * The topology at partition 0 of 4, for a team that has its home elsewhere and for one at home. The test driver knows
 * one partition: what is sent to others comes back here too, as something that is in the wrong place.
 */
class PartitionsTest {

    private static final int PARTITIONS = 4;
    private static final String AWAY = team(1);
    private static final String AT_HOME = team(0);
    private static final List<String> IDS = IntStream.iterate(0, i -> i + 1)
            .mapToObj(i -> "t" + i)
            .filter(id -> Permits.home(id, PARTITIONS) == 0)
            .limit(10)
            .toList();

    @TempDir
    private Path dir;

    private Harness run;

    @BeforeEach
    void start() {
        run = new Harness(dir, Map.of("train.groups.per.step", "2", "train.max.staleness", "0"), PARTITIONS);
    }

    @AfterEach
    void stop() {
        run.close();
    }

    @Test
    void asksTheHomeAndDealsWhatItGrants() {
        run.version(AWAY, 0);
        feed(AWAY, 3);
        run.advance(Petition.AGAIN);
        assertThat(run.turns()).isEmpty();
        assertThat(run.admissions()).containsExactly(counts(AWAY, 0, 1, 1, 0), counts(AWAY, 0, 1, 3, 0));

        grant(counts(AWAY, 1, 0, 3, 2));
        assertThat(dealt()).isEqualTo(IDS.subList(0, 2));
        grant(counts(AWAY, 1, 0, 3, 2));
        assertThat(dealt()).isEmpty();
    }

    @Test
    void asksForNothingBeforeThereIsAVersionAndGivesUpAsUsual() {
        feed(AWAY, 1);
        run.advance(Duration.ofSeconds(59));
        assertThat(run.admissions()).isEmpty();
        run.advance(Duration.ofSeconds(1));

        assertThat(reasons()).containsExactly("unknown-team");
    }

    @Test
    void evaluationsNeedNoPermit() {
        run.version(AWAY, 0);
        run.task(task(AWAY, 0).setPurpose(Purpose.EVALUATE).build());

        assertThat(dealt()).hasSize(1);
        assertThat(run.admissions()).isEmpty();
    }

    @Test
    void aTeamAtHomeSharesWithThePartitionsThatAsk() {
        run.version(AT_HOME, 0);
        grant(counts(AT_HOME, 3, 0, 5, 0));
        assertThat(run.admissions()).containsExactly(counts(AT_HOME, 0, 3, 5, 2));
        feed(AT_HOME, 2);
        assertThat(dealt()).isEmpty();

        run.version(AT_HOME, 1);
        assertThat(dealt()).hasSize(1);
        assertThat(run.admissions()).containsExactly(counts(AT_HOME, 0, 3, 5, 3));
    }

    @Test
    void whatCannotBeOfAPartitionIsSetAside() {
        run.pipe("admissions", "0", "garbage".getBytes(UTF_8));
        run.pipe("admissions", "0", null);
        grant(counts(AWAY, 2, 0, 1, 1));
        grant(counts(AWAY, 1, 3, 1, 1));
        grant(counts(AT_HOME, 7, 0, 1, 0));
        grant(counts(AT_HOME, 3, 0, -1, 0));

        assertThat(reasons()).hasSize(6).containsOnly("malformed");
        assertThat(run.size(StoreNames.ADMITTED)).isZero();
    }

    private void grant(AdmissionCounts counts) {
        run.pipe(TopicCatalog.ADMISSIONS, Integer.toString(counts.getTo()), counts);
    }

    private static AdmissionCounts counts(String team, int from, int to, long wanted, long granted) {
        return new AdmissionCounts(team, from, to, List.of(team), wanted, 0L, granted);
    }

    private void feed(String team, int tasks) {
        IntStream.range(0, tasks).forEach(i -> run.task(task(team, i).build()));
    }

    private static Task.Builder task(String team, int index) {
        return Records.task(IDS.get(index)).setTeamId(team);
    }

    private List<String> dealt() {
        return run.turns().stream().map(Turn::getTaskId).distinct().toList();
    }

    private List<String> reasons() {
        return run.deadLetters().stream()
                .map(letter ->
                        DeadLetters.text(letter.headers(), DeadLetters.REASON).orElseThrow())
                .toList();
    }

    private static String team(int home) {
        return IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> "team" + i)
                .filter(id -> Permits.home(id, PARTITIONS) == home)
                .findFirst()
                .orElseThrow();
    }
}
