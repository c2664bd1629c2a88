package dev.troupe.runtime.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.Test;

class WindowTest {

    private static final Instant NOW = Instant.EPOCH;

    private final Window window = new Window(null, Progress.NONE);

    private static ConsumerRecord<byte[], byte[]> record(long offset) {
        return new ConsumerRecord<>("messages", 0, offset, new byte[0], "value".getBytes(UTF_8));
    }

    private static List<Long> offsets(List<Slot> slots) {
        return slots.stream().map(Slot::offset).toList();
    }

    @Test
    void beginsNoMoreThanTheMetadataHasRoomFor() {
        // Every other offset is a transaction marker, so that no two records make a run.
        for (long offset = 0; offset < 1000; offset += 2) {
            window.add(record(offset));
        }

        var begun = new ArrayList<Slot>();
        for (int i = 0; i < 10; i++) {
            begun.addAll(window.begin(NOW, 100, true));
        }

        assertThat(begun).hasSize(Progress.MAX_COUNTED);
        assertThat(window.due()).isEmpty();
        assertThat(window.toCommit().orElseThrow().metadata().length()).isBetween(1000, 3000);
        begun.getFirst().done();
        assertThat(offsets(window.begin(NOW, 100, true))).containsExactly(512L);
    }

    @Test
    void beginsNothingThatIsTooFarFromTheFirstThatIsNotDone() {
        window.add(record(0));
        window.add(record(Progress.MAX_SPAN + 1));

        assertThat(offsets(window.begin(NOW, 8, true))).containsExactly(0L);
        assertThat(window.due()).isEmpty();
    }

    @Test
    void beginsTheFirstThoughCountsOfRecordsNotFetchedTakeAllRoom() {
        var before = new TreeMap<Long, Integer>();
        for (long offset = 100; before.size() < Progress.MAX_COUNTED; offset += 2) {
            before.put(offset, 9);
        }
        var restarted = new Window(new OffsetAndMetadata(0), new Progress(before));
        restarted.add(record(0));
        restarted.add(record(1));

        assertThat(restarted.due()).contains(Instant.MIN);
        List<Slot> first = restarted.begin(NOW, 8, true);
        assertThat(offsets(first)).containsExactly(0L);
        assertThat(restarted.begin(NOW, 8, true)).isEmpty();
        assertThat(restarted.toCommit().orElseThrow().metadata().length()).isLessThan(3000);
        first.getFirst().done();
        assertThat(offsets(restarted.begin(NOW, 8, true))).containsExactly(1L);
    }

    @Test
    void isFullWhenRecordsThatAreNotDoneTakeTooManyBytes() {
        byte[] large = new byte[8 << 20];
        for (long offset = 0; offset < 4; offset++) {
            assertThat(window.full(100)).isFalse();
            window.add(new ConsumerRecord<>("messages", 0, offset, new byte[0], large));
        }
        assertThat(window.full(100)).isTrue();

        Slot slot = window.begin(NOW, 1, true).getFirst();
        slot.failed(NOW.plusSeconds(60));
        assertThat(window.full(100)).isTrue();
        slot.done();
        assertThat(window.full(100)).isFalse();
    }

    @Test
    void beginsARecordThatFailedBeforeAlone() {
        var before = new TreeMap<Long, Integer>();
        before.put(1L, 2);
        var restarted = new Window(new OffsetAndMetadata(0, "v1 1:2"), new Progress(before));
        for (long offset = 0; offset < 4; offset++) {
            restarted.add(record(offset));
        }

        List<Slot> first = restarted.begin(NOW, 8, true);
        List<Slot> notAlone = restarted.begin(NOW, 8, false);
        List<Slot> alone = restarted.begin(NOW, 8, true);

        assertThat(offsets(first)).containsExactly(0L);
        assertThat(offsets(notAlone)).containsExactly(2L, 3L);
        assertThat(offsets(alone)).containsExactly(1L);
        assertThat(alone.getFirst().delivery().deliveryCount()).contains((short) 3);
    }

    @Test
    void commitsPastTransactionMarkersOnceAllIsDone() {
        window.add(record(4));
        window.begin(NOW, 1, true).getFirst().done();
        window.reached(6);

        assertThat(window.toCommit()).contains(new OffsetAndMetadata(6, ""));
        window.committed(new OffsetAndMetadata(6, ""));
        assertThat(window.toCommit()).isEmpty();
    }

    @Test
    void neverCommitsPastARecordThatIsNotDone() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        var open = new ArrayList<Slot>();
        var done = new ArrayList<Long>();
        long fetched = 0;
        for (int step = 0; step < 500; step++) {
            if (random.nextBoolean() && fetched < 400) {
                window.add(record(fetched++));
            }
            open.addAll(window.begin(NOW, 1 + random.nextInt(4), true));
            if (!open.isEmpty()) {
                Slot slot = open.remove(random.nextInt(open.size()));
                if (random.nextInt(3) == 0) {
                    slot.failed(NOW);
                } else {
                    slot.done();
                    done.add(slot.offset());
                }
            }
            window.toCommit().ifPresent(offset -> {
                window.committed(offset);
                for (long before = 0; before < offset.offset(); before++) {
                    assertThat(done).as("seed %d", seed).contains(before);
                }
            });
        }
        assertThat(done).as("seed %d", seed).doesNotHaveDuplicates().hasSizeGreaterThan(50);
    }
}
