package dev.troupe.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgressTest {

    /** The broker's default of {@code offset.metadata.max.bytes}. */
    private static final int BROKER_LIMIT = 4096;

    @Test
    void writesRunsRelativeToTheCommittedOffset() {
        var deliveries = new TreeMap<Long, Integer>(Map.of(100L, 2, 103L, 1, 104L, 1, 105L, 1, 106L, Progress.DONE));

        assertThat(new Progress(deliveries).format(100)).isEqualTo("v1 0:2,3-5:1,6:d");
        assertThat(Progress.parse(100, "v1 0:2,3-5:1,6:d").deliveries()).isEqualTo(deliveries);
    }

    @Test
    void saysNothingWhenNothingIsBegun() {
        assertThat(Progress.NONE.format(5)).isEmpty();
        assertThat(Progress.parse(5, "")).isEqualTo(Progress.NONE);
    }

    @Test
    void leavesOutWhatTheCommittedOffsetAlreadySays() {
        assertThat(new Progress(new TreeMap<>(Map.of(4L, 3, 5L, 1))).format(5)).isEqualTo("v1 0:1");
    }

    @Test
    void readsBackWhatItWrote() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            long committed = random.nextLong(1L << 50);
            var deliveries = new TreeMap<Long, Integer>();
            for (int i = random.nextInt(200); i > 0; i--) {
                deliveries.put(committed + random.nextInt(400), random.nextInt(10));
            }
            var progress = new Progress(deliveries);

            assertThat(Progress.parse(committed, progress.format(committed)))
                    .as("seed %d round %d", seed, round)
                    .isEqualTo(progress);
        }
    }

    @Test
    void fitsInTheBrokersLimitAtItsLargest() {
        var deliveries = new TreeMap<Long, Integer>();
        for (int i = 0; i < Progress.MAX_COUNTED; i++) {
            deliveries.put(Progress.MAX_SPAN - 2L * i, 5);
        }
        var progress = new Progress(deliveries);

        assertThat(progress.format(0).length()).isLessThan(BROKER_LIMIT / 3 * 2);
        assertThat(Progress.parse(0, progress.format(0))).isEqualTo(progress);
    }

    @Test
    void leavesDoneRecordsOutBeforeItGrowsTooLarge() {
        var counted = new TreeMap<Long, Integer>(Map.of(0L, 4));
        var deliveries = new TreeMap<>(counted);
        for (long offset = 2; offset < 4000; offset += 2) {
            deliveries.put(offset, Progress.DONE);
        }

        String metadata = new Progress(deliveries).format(0);

        assertThat(Progress.parse(0, metadata).deliveries()).isEqualTo(counted);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "another tool's",
                "v2 0:1",
                "v1 ",
                "v1 0",
                "v1 0:0",
                "v1 -1:2",
                "v1 3-1:2",
                "v1 0:1,",
                "v1 12345678:1",
                "v1 0-9999999:1"
            })
    void refusesWhatIsNotItsOwn(String metadata) {
        assertThatThrownBy(() -> Progress.parse(0, metadata)).isInstanceOf(IllegalArgumentException.class);
    }
}
