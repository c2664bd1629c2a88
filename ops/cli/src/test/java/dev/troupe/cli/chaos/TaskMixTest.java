package dev.troupe.cli.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.schemas.RecordCodec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TaskMixTest {

    private final RecordCodec codec =
            new RecordCodec(Map.of("schema.registry.url", "mock://mix", "auto.register.schemas", true));

    @AfterEach
    void close() {
        codec.close();
    }

    private static ChaosPlan plan(int tasks, long seed) {
        return new ChaosPlan(tasks, 1, Duration.ofSeconds(1), 1, 1, seed, Path.of("dir"));
    }

    private List<String> keys(int tasks, long seed) {
        return TaskMix.records(plan(tasks, seed), codec).stream()
                .map(feed -> new String(feed.record().key(), UTF_8))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {40, 41, 159, 160, 2000})
    void trainingTasksFillWholeSteps(int tasks) {
        List<String> keys = keys(tasks, 1);
        assertThat(keys).hasSize(tasks);
        long training = new HashSet<>(keys)
                .stream().filter(key -> key.startsWith("train")).count();
        assertThat(training % ChaosPlan.GROUPS_PER_STEP).isZero();
        assertThat(training).isPositive();
    }

    @Test
    void theSameSeedGivesTheSameRecords() {
        List<TaskMix.Feed> one = TaskMix.records(plan(200, 5), codec);
        List<TaskMix.Feed> two = TaskMix.records(plan(200, 5), codec);
        assertThat(one).usingRecursiveComparison().isEqualTo(two);
        assertThat(keys(200, 5)).isNotEqualTo(keys(200, 6));
    }

    @Test
    void someAreBadOnPurpose() {
        List<String> keys = keys(400, 1);
        assertThat(keys).anyMatch(key -> key.startsWith("garbage")).anyMatch(key -> key.startsWith("evaluate"));
        assertThat(new HashSet<>(keys)).as("copies").hasSizeLessThan(400);
    }

    @Test
    void aPlanThatCannotBeRunIsRefused() {
        assertThatThrownBy(() -> plan(10, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("40")
                .hasMessageContaining("10");
    }
}
