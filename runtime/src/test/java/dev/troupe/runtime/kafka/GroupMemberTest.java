package dev.troupe.runtime.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.schemas.MalformedRecordException;
import dev.troupe.schemas.RegistryUnavailableException;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.Message;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class GroupMemberTest {

    private static final TopicPartition P0 = FakeGroupConsumer.P0;
    private static final int DELIVERY_LIMIT = 3;
    private static final Executor AT_ONCE = Runnable::run;
    private static final Executor BESIDE = task -> Thread.ofVirtual().start(task);

    private final MockProducer<byte[], byte[]> letters =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final CompletableFuture<Void> closing = new CompletableFuture<>();
    private final List<List<String>> handled = new ArrayList<>();
    private Instant now = Instant.EPOCH;
    private FakeGroupConsumer consumer = new FakeGroupConsumer(8);

    private static Message decode(byte[] value) throws MalformedRecordException {
        String text = new String(value, UTF_8);
        if (text.equals("garbage")) {
            throw new MalformedRecordException("not a message");
        }
        return Messages.of("k", text);
    }

    private GroupMember member(Executor thread, BatchHandler<String> handler) {
        return member(8, thread, handler);
    }

    private GroupMember member(int maxBatch, Executor thread, BatchHandler<String> handler) {
        BatchHandler<Message> noting = batch -> {
            List<String> contents = batch.stream().map(Message::getContent).toList();
            synchronized (handled) {
                handled.add(contents);
            }
            handler.handle(contents);
        };
        var worker = new BatchWorker<>(
                TopicCatalog.MESSAGES,
                GroupMemberTest::decode,
                noting,
                new DeadLetterWriter(letters, "q", meters),
                DELIVERY_LIMIT);
        var hands = new Hands("q-1", worker, thread, closing, meters.timer("time"));
        return new GroupMember(consumer, "q", FakeGroupConsumer.TOPIC, maxBatch, hands, meters, () -> now);
    }

    private static void rounds(GroupMember member, int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            member.poll();
            member.work();
        }
    }

    private void assertCommitted(long offset, String metadata) {
        assertThat(consumer.stored).containsEntry(P0, new OffsetAndMetadata(offset, metadata));
    }

    private List<String> handledContents() {
        return handled.stream().flatMap(List::stream).toList();
    }

    private double outcome(String outcome) {
        return meters.counter("troupe.work.records", "group", "q", "outcome", outcome)
                .count();
    }

    @Test
    void countsADeliveryBeforeItsWorkBeginsAndCommitsWhenItIsDone() throws InterruptedException {
        consumer.feed("a", "b");
        var before = new ArrayList<OffsetAndMetadata>();

        GroupMember member = member(AT_ONCE, _ -> before.add(consumer.committed0()));
        consumer.join();
        member.poll();
        assertThat(member.work()).as("begun, not ended").isFalse();
        member.poll();
        assertThat(member.work()).as("ended").isTrue();
        member.poll();
        assertThat(member.work()).as("nothing to do").isFalse();

        assertThat(handled).containsExactly(List.of("a", "b"));
        assertThat(before).containsExactly(new OffsetAndMetadata(0, "v1 0-1:1"));
        assertCommitted(2, "");
        assertThat(outcome("accepted")).isEqualTo(2);
    }

    @Test
    void letsNeighboursPassARecordThatWaitsForItsRetry() throws InterruptedException {
        consumer.feed("a", "bad", "c");
        var failing = new CountDownLatch(1);

        GroupMember member = member(AT_ONCE, batch -> {
            if (batch.contains("bad") && failing.getCount() > 0) {
                throw new IllegalStateException("not yet");
            }
        });
        consumer.join();
        rounds(member, 3);
        assertCommitted(1, "v1 0:1,1:d");

        consumer.feed("d");
        rounds(member, 3);
        assertCommitted(1, "v1 0:1,1-2:d");

        failing.countDown();
        now = now.plusSeconds(1);
        rounds(member, 3);
        assertCommitted(4, "");
        assertThat(handled)
                .containsExactly(
                        List.of("a", "bad", "c"),
                        List.of("a"),
                        List.of("bad"),
                        List.of("c"),
                        List.of("d"),
                        List.of("bad"));
    }

    @Test
    void setsARecordAsideThatFailsAsOftenAsItMay() throws InterruptedException {
        consumer.feed("bad", "garbage", "c");

        GroupMember member = member(AT_ONCE, batch -> {
            if (batch.contains("bad")) {
                throw new IllegalStateException("cannot do this");
            }
        });
        consumer.join();
        for (int i = 0; i < 4; i++) {
            rounds(member, 2);
            now = now.plusSeconds(10);
        }

        assertCommitted(3, "");
        assertThat(handled)
                .containsExactly(List.of("bad", "c"), List.of("bad"), List.of("c"), List.of("bad"), List.of("bad"));
        assertThat(letters.history())
                .extracting(letter ->
                        DeadLetters.text(letter.headers(), DeadLetters.REASON).orElseThrow())
                .containsExactly("malformed", "delivery-limit");
        assertThat(outcome("rejected")).isEqualTo(2);
        assertThat(outcome("released")).isEqualTo(2);
    }

    @Test
    void goesOnCountingWhereAWorkerDied() throws InterruptedException {
        var dying = new HashSet<CountDownLatch>();
        consumer.feed("a", "killer", "c");
        var generations = new ArrayList<String>();

        for (int i = 0; i < 4; i++) {
            var stuck = new CountDownLatch(1);
            var never = new CountDownLatch(1);
            dying.add(never);
            GroupMember member = member(BESIDE, batch -> {
                if (batch.contains("killer")) {
                    stuck.countDown();
                    awaitOn(never);
                }
            });
            consumer.join();
            while (!stuck.await(5, TimeUnit.MILLISECONDS)
                    && consumer.committed0().offset() < 3) {
                rounds(member, 1);
            }
            OffsetAndMetadata left = consumer.committed0();
            generations.add(left.offset() + " " + left.metadata());
            // Killed: no close, no word; the next one reads what was committed.
            consumer = consumer.successor();
        }
        dying.forEach(CountDownLatch::countDown);

        assertThat(generations).containsExactly("0 v1 0-2:1", "1 v1 0:2,1:1", "1 v1 0:3,1:1", "3 ");
        assertThat(handled)
                .containsExactly(
                        List.of("a", "killer", "c"), List.of("a"), List.of("killer"), List.of("killer"), List.of("c"));
        assertThat(letters.history()).singleElement().satisfies(letter -> {
            assertThat(DeadLetters.text(letter.headers(), DeadLetters.REASON)).contains("delivery-limit");
            assertThat(DeadLetters.text(letter.headers(), DeadLetters.OFFSET)).contains("1");
            assertThat(DeadLetters.text(letter.headers(), DeadLetters.MESSAGE).orElseThrow())
                    .startsWith("delivered 3 times without a verdict");
        });
    }

    @Test
    void doesNotRepeatWhatWasDoneBehindARecordThatIsNot() throws InterruptedException {
        consumer.feed("a", "b", "c", "d");
        consumer.stored.put(P0, new OffsetAndMetadata(1, "v1 0:1,1:d"));

        GroupMember member = member(AT_ONCE, _ -> {});
        consumer.join();
        rounds(member, 4);

        assertThat(handled).containsExactly(List.of("b"), List.of("d"));
        assertCommitted(4, "");
    }

    @Test
    void keepsTheCountsOfRecordsItHasNotFetchedYet() throws InterruptedException {
        consumer = new FakeGroupConsumer(1);
        consumer.feed("a", "b", "c");
        consumer.stored.put(P0, new OffsetAndMetadata(0, "v1 0-2:2"));
        var before = new ArrayList<String>();

        GroupMember member =
                member(AT_ONCE, _ -> before.add(consumer.committed0().metadata()));
        consumer.join();
        rounds(member, 1);

        assertThat(before).containsExactly("v1 0:3,1-2:2");
    }

    @Test
    void triesPostponedWorkForEverWithoutCountingIt() throws InterruptedException {
        consumer.feed("early", "b");
        GroupMember member = member(AT_ONCE, batch -> {
            if (batch.contains("early") && handled.size() < 12) {
                throw new RetryLaterException("no version yet", Duration.ofSeconds(5));
            }
        });
        consumer.join();

        rounds(member, 2);
        assertCommitted(0, "v1 1:d");
        for (int i = 0; i < 10; i++) {
            now = now.plusSeconds(6);
            rounds(member, 2);
        }

        assertCommitted(2, "");
        assertThat(handled.stream().filter(batch -> batch.contains("early"))).hasSizeGreaterThan(2 * DELIVERY_LIMIT);
        assertThat(letters.history()).isEmpty();
    }

    @Test
    void aRegistryThatIsAwayWhenAnAnswerIsWrittenIsNotTheRecordsFault() throws InterruptedException {
        consumer.feed("a");
        GroupMember member = member(AT_ONCE, _ -> {
            if (handled.size() <= DELIVERY_LIMIT) {
                throw new RegistryUnavailableException("down", new IllegalStateException());
            }
        });
        consumer.join();

        for (int i = 0; i <= DELIVERY_LIMIT; i++) {
            rounds(member, 2);
            now = now.plusSeconds(1);
        }

        assertCommitted(1, "");
        assertThat(letters.history()).isEmpty();
    }

    @Test
    void stopsFetchingAPartitionWhoseWindowIsFullAndGoesOnLater() throws InterruptedException {
        consumer = new FakeGroupConsumer(100);
        String[] contents = IntStream.range(0, 1000).mapToObj(i -> "m" + i).toArray(String[]::new);
        consumer.feed(contents);
        var waiting = new CountDownLatch(1);
        GroupMember member = member(100, AT_ONCE, batch -> {
            if (batch.contains("m0") && waiting.getCount() > 0) {
                throw new RetryLaterException("not yet", Duration.ofSeconds(1));
            }
        });
        consumer.join();

        rounds(member, 20);
        assertThat(consumer.paused()).containsExactly(P0);
        assertThat(consumer.position(P0)).isBetween((long) GroupMember.WINDOW, GroupMember.WINDOW + 100L);
        assertThat(consumer.committed0().offset()).isZero();

        waiting.countDown();
        now = now.plusSeconds(2);
        rounds(member, 20);
        assertThat(consumer.paused()).isEmpty();
        assertCommitted(1000, "");
        assertThat(Set.copyOf(handledContents())).hasSize(1000).containsAll(Arrays.asList(contents));
    }

    @Test
    void waitsForWorkOnAPartitionThatMovesAndCommitsIt() throws InterruptedException {
        consumer.feed("a");
        var begun = new CountDownLatch(1);
        var finish = new CountDownLatch(1);
        GroupMember member = member(BESIDE, _ -> {
            begun.countDown();
            awaitOn(finish);
        });
        consumer.join();
        rounds(member, 1);
        assertThat(begun.await(5, TimeUnit.SECONDS)).isTrue();

        Thread.ofVirtual().start(finish::countDown);
        consumer.rebalance(List.of());

        assertCommitted(1, "");
    }

    @Test
    void dropsWorkOnAPartitionThatWasLost() throws InterruptedException {
        consumer.feed("a");
        var begun = new CountDownLatch(1);
        GroupMember member = member(BESIDE, _ -> {
            begun.countDown();
            awaitOn(new CountDownLatch(1));
        });
        consumer.join();
        rounds(member, 1);
        assertThat(begun.await(5, TimeUnit.SECONDS)).isTrue();

        member.onPartitionsLost(List.of(P0));
        rounds(member, 2);

        assertCommitted(0, "v1 0:1");
        assertThat(outcome("lost")).isEqualTo(1);
        assertThat(outcome("released")).isZero();
    }

    @Test
    void beginsNoWorkBeforeItsDeliveryIsCommitted() throws InterruptedException {
        consumer.feed("a");
        consumer.failNextCommit(new RebalanceInProgressException("wait"));
        GroupMember member = member(AT_ONCE, _ -> assertCommitted(0, "v1 0:1"));
        consumer.join();

        rounds(member, 1);
        assertThat(handled).isEmpty();
        rounds(member, 2);

        assertThat(handled).containsExactly(List.of("a"));
        assertCommitted(1, "");
    }

    @Test
    void endsWhenTheGroupHasThrownItOut() {
        consumer.feed("a");
        consumer.failNextCommit(new CommitFailedException());
        GroupMember member = member(AT_ONCE, _ -> {});
        consumer.join();

        assertThatThrownBy(() -> rounds(member, 1)).isInstanceOf(CommitFailedException.class);

        assertThat(handled).isEmpty();
    }

    @Test
    void givesWorkInFlightBackUncountedWhenItCloses() throws InterruptedException {
        consumer.feed("a", "slow");
        var begun = new CountDownLatch(1);
        GroupMember member = member(BESIDE, batch -> {
            if (batch.size() > 1) {
                throw new IllegalStateException("one by one, please");
            }
            if (batch.contains("slow")) {
                begun.countDown();
                awaitOn(new CountDownLatch(1));
            }
        });
        consumer.join();
        rounds(member, 1);
        assertThat(begun.await(5, TimeUnit.SECONDS)).isTrue();

        closing.complete(null);
        member.close();

        assertCommitted(1, "");
        assertThat(outcome("accepted")).isEqualTo(1);
        assertThat(outcome("released")).isEqualTo(1);
        assertThat(consumer.closed()).isTrue();
    }

    @Test
    void countsAnewWhenTheMetadataIsNotItsOwn() throws InterruptedException {
        consumer.feed("a");
        consumer.stored.put(P0, new OffsetAndMetadata(0, "from another tool"));
        GroupMember member = member(AT_ONCE, _ -> assertCommitted(0, "v1 0:1"));
        consumer.join();

        rounds(member, 2);

        assertCommitted(1, "");
    }

    private static void awaitOn(CountDownLatch latch) throws InterruptedException {
        if (!latch.await(10, TimeUnit.SECONDS)) {
            throw new IllegalStateException("nobody finished the test");
        }
    }
}
