package dev.troupe.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.schemas.avro.ModelRoute;
import dev.troupe.schemas.avro.ModelVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Ten versions, one a minute. */
class RetentionTest {
    private static final VersionUse UNUSED = new VersionUse(Set.of(), Map.of());
    private static final Retention TWO = new Retention(2, Duration.ofHours(24), Duration.ofHours(1));

    @Test
    void keepsTheFirstAndTheNewest() {
        assertThat(removable(UNUSED, 10)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
        assertThat(TWO.removable(new TreeMap<>(), UNUSED, minute(10))).isEmpty();
        assertThat(new Retention(50, Duration.ZERO, Duration.ZERO).removable(history(), UNUSED, minute(10)))
                .isEmpty();
    }

    @Test
    void keepsWhatAnAgentServesForADayAfterTheNextOne() {
        var use = new VersionUse(Set.of(3, 9), Map.of());
        assertThat(removable(use, 10)).doesNotContain(3);
        assertThat(removable(use, 4 + 24 * 60 - 1)).doesNotContain(3);
        assertThat(removable(use, 4 + 24 * 60)).contains(3);
    }

    @Test
    void keepsWhatATaskNamesForAnHour() {
        var use = new VersionUse(Set.of(), Map.of(5, minute(10)));
        assertThat(removable(use, 69)).doesNotContain(5);
        assertThat(removable(use, 70)).contains(5);
    }

    @Test
    void keepsWhatAPersonHasServedUntilThatIsOver() {
        assertThat(removable(routed(4, null), 100_000)).doesNotContain(4);
        assertThat(removable(routed(4, 10), 100_000)).doesNotContain(4);
        assertThat(removable(routed(4, 9), 100_000)).contains(4);
        assertThat(removable(routed(null, null), 100_000)).contains(4);
    }

    /** Of the versions up to 10. */
    private static VersionUse routed(@Nullable Integer version, @Nullable Integer until) {
        var route = ModelRoute.newBuilder()
                .setPolicyId("p")
                .setVersion(version == null ? null : history().get(version))
                .setUntil(until)
                .setRoutedAt(0)
                .build();
        return new VersionUse(Set.of(), Map.of(), Optional.of(route));
    }

    @Test
    void refusesToKeepNothing() {
        assertThatThrownBy(() -> new Retention(0, Duration.ZERO, Duration.ZERO)).hasMessageContaining("newest");
    }

    private static List<Integer> removable(VersionUse use, int minute) {
        return TWO.removable(history(), use, minute(minute));
    }

    private static NavigableMap<Integer, ModelVersion> history() {
        var history = new TreeMap<Integer, ModelVersion>();
        for (int number = 0; number <= 10; number++) {
            history.put(
                    number,
                    ModelVersion.newBuilder()
                            .setPolicyId("p")
                            .setVersion(number)
                            .setTeamId("team")
                            .setArtifactUri("file:///store/p/" + number)
                            .setFiles(List.of())
                            .setTrainingStep(number)
                            .setCreatedAt(minute(number).toEpochMilli())
                            .build());
        }
        return history;
    }

    private static Instant minute(int minute) {
        return Instant.EPOCH.plus(Duration.ofMinutes(minute));
    }
}
