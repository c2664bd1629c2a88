package dev.troupe.reward.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.runtime.config.Settings;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PacingTest {
    private static final List<String> POLICIES = List.of("helper", "main");

    private final MapStore versions = new MapStore();

    /** AReaL, arXiv 2505.24298, equation 3. */
    @ParameterizedTest
    @CsvSource({"0, 0, 4, 4", "0, 7, 4, 32", "1, 0, 4, 8", "2, 5, 3, 24"})
    void isTheCapacityOfThePolicyThatLearnt(int maxStaleness, int step, int groupsPerStep, long capacity) {
        publish("helper", 0);
        publish("main", step);

        Pacing.Bounds bounds =
                pacing(maxStaleness, groupsPerStep).bounds(POLICIES).orElseThrow();

        assertThat(bounds.capacity()).isEqualTo(capacity);
        assertThat(bounds.trained()).isEqualTo((long) step * groupsPerStep);
    }

    @Test
    void allowsNothingBeforeEveryPolicyHasAVersion() {
        publish("helper", 0);

        assertThat(pacing(4, 4).bounds(POLICIES)).isEmpty();
        assertThat(pacing(4, 4).missing(POLICIES)).containsExactly("main");
    }

    /**
     * Groups that end in the order they are dealt are trained at most {@code maxStaleness} versions later, however
     * dealing and training alternate; and the bound is reached, so that nothing waits without need.
     */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 5})
    void noGroupIsStalerThanAllowed(int maxStaleness) {
        long seed = System.nanoTime();
        var random = new Random(seed);
        int groupsPerStep = 1 + random.nextInt(5);
        Pacing pacing = pacing(maxStaleness, groupsPerStep);
        var dealtAt = new ArrayDeque<Integer>();
        long dealt = 0;
        int version = 0;
        int stalest = 0;
        for (int turn = 0; turn < 2000; turn++) {
            publish("helper", version);
            publish("main", version);
            long capacity = pacing.bounds(POLICIES).orElseThrow().capacity();
            // Bursts, so that at times all is dealt that may be.
            for (int i = random.nextInt(4 * groupsPerStep); i > 0 && dealt < capacity; i--, dealt++) {
                dealtAt.add(version);
            }
            if (dealtAt.size() >= groupsPerStep && random.nextInt(3) == 0) {
                for (int i = 0; i < groupsPerStep; i++) {
                    stalest = Math.max(stalest, version - dealtAt.remove());
                }
                version++;
            }
        }
        assertThat(stalest).as("seed %d", seed).isEqualTo(maxStaleness);
        assertThat(version).as("seed %d", seed).isGreaterThan(100);
    }

    private void publish(String policy, long step) {
        versions.put(policy, ByteBuffer.allocate(Long.BYTES).putLong(step).array());
    }

    private Pacing pacing(int maxStaleness, int groupsPerStep) {
        return new Pacing(
                CoordinatorOptions.from(Settings.of(Map.of(
                        "train.max.staleness", Integer.toString(maxStaleness),
                        "train.groups.per.step", Integer.toString(groupsPerStep)))),
                versions);
    }
}
