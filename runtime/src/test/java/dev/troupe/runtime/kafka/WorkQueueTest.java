package dev.troupe.runtime.kafka;

import static dev.troupe.runtime.kafka.FakeShareConsumer.record;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.schemas.MalformedRecordException;
import dev.troupe.schemas.RegistryUnavailableException;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.Message;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class WorkQueueTest {

    private static final WorkQueueOptions OPTIONS =
            new WorkQueueOptions(8, Duration.ofSeconds(30), 3, QueueProtocol.SHARE);

    private final FakeShareConsumer consumer = new FakeShareConsumer();
    private final MockProducer<byte[], byte[]> letters =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final LinkedBlockingQueue<List<String>> handled = new LinkedBlockingQueue<>();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Deque<ShareConsumer<byte[], byte[]>> consumers = new ArrayDeque<>(List.of(consumer));

    private static Message decode(byte[] value) throws MalformedRecordException {
        String text = new String(value, UTF_8);
        if (text.equals("garbage")) {
            throw new MalformedRecordException("not a message");
        }
        return Messages.of(text.equals("stray") ? "t" : "k", text);
    }

    private WorkQueue.Parts parts() {
        WorkQueue.Group group =
                hands -> new ShareMember(consumers.remove(), "q", FakeShareConsumer.TOPIC, OPTIONS, hands, meters);
        return new WorkQueue.Parts("q-1", "q", group, letters, meters);
    }

    private WorkQueue<Message> queue(BatchHandler<String> handler) {
        return queue(WorkQueueTest::decode, handler);
    }

    private WorkQueue<Message> queue(BatchWorker.Decoder<Message> decoder, BatchHandler<String> handler) {
        WorkQueue<Message> queue = new WorkQueue<>(parts(), TopicCatalog.MESSAGES, decoder, OPTIONS, batch -> {
            List<String> contents = batch.stream().map(Message::getContent).toList();
            handled.add(contents);
            handler.handle(contents);
        });
        queue.start();
        return queue;
    }

    @Test
    void acknowledgesABatchWhenItsHandlerReturns() throws InterruptedException {
        consumer.deliver(List.of(record(0, "a", 1), record(1, "b", 1)));

        try (var queue = queue(_ -> {})) {
            assertThat(consumer.nextAcknowledged()).isEqualTo("ACCEPT 0");
            assertThat(consumer.nextAcknowledged()).isEqualTo("ACCEPT 1");
            assertThat(queue.ready()).isTrue();
        }

        assertThat(handled).containsExactly(List.of("a", "b"));
        assertThat(consumer.closed.getCount()).isZero();
        assertThat(meters.get("troupe.work.records")
                        .tag("outcome", "accepted")
                        .counter()
                        .count())
                .isEqualTo(2);
    }

    @Test
    void setsAMalformedRecordAsideAndHandlesItsNeighbours() throws InterruptedException {
        consumer.deliver(List.of(record(0, "a", 1), record(1, "garbage", 1), record(2, "c", 1)));

        try (var _ = queue(_ -> {})) {
            assertThat(consumer.nextAcknowledged()).isEqualTo("ACCEPT 0");
            assertThat(consumer.nextAcknowledged()).isEqualTo("REJECT 1");
            assertThat(consumer.nextAcknowledged()).isEqualTo("ACCEPT 2");
        }

        assertThat(handled).containsExactly(List.of("a", "c"));
        assertLetter(letters.history(), "malformed", "1", "not a message");
    }

    @Test
    void setsARecordAsideWhoseKeyIsNotItsValues() throws InterruptedException {
        consumer.deliver(List.of(record(0, "a", 1), record(1, "stray", 1), record(2, "c", 1)));

        try (var _ = queue(_ -> {})) {
            assertThat(consumer.nextAcknowledged()).isEqualTo("ACCEPT 0");
            assertThat(consumer.nextAcknowledged()).isEqualTo("REJECT 1");
            assertThat(consumer.nextAcknowledged()).isEqualTo("ACCEPT 2");
        }

        assertThat(handled).containsExactly(List.of("a", "c"));
        assertLetter(letters.history(), "wrong-key", "1", "the record key is 'k', the taskId 't'; produce with key");
    }

    @Test
    void triesABatchOneByOneWhenItFails() throws InterruptedException {
        consumer.deliver(List.of(record(0, "a", 1), record(1, "bad", 1), record(2, "c", 1)));

        try (var _ = queue(batch -> failOn("bad", batch))) {
            assertThat(consumer.nextAcknowledged()).isEqualTo("ACCEPT 0");
            assertThat(consumer.nextAcknowledged()).isEqualTo("RELEASE 1");
            assertThat(consumer.nextAcknowledged()).isEqualTo("ACCEPT 2");
        }

        assertThat(handled).containsExactly(List.of("a", "bad", "c"), List.of("a"), List.of("bad"), List.of("c"));
        assertThat(letters.history()).isEmpty();
    }

    @Test
    void setsARecordAsideWhenItFailsOnItsLastDelivery() throws InterruptedException {
        consumer.deliver(List.of(record(7, "bad", 3)));

        try (var _ = queue(batch -> failOn("bad", batch))) {
            assertThat(consumer.nextAcknowledged()).isEqualTo("REJECT 7");
        }

        assertLetter(letters.history(), "delivery-limit", "7", "failed 3 times, last with java.lang.IllegalState");
    }

    @Test
    void setsARecordAsideThatKilledItsWorkersWithoutTryingItAgain() throws InterruptedException {
        consumer.deliver(List.of(record(7, "killer", 4)));

        try (var _ = queue(_ -> {})) {
            assertThat(consumer.nextAcknowledged()).isEqualTo("REJECT 7");
        }

        assertThat(handled).isEmpty();
        assertLetter(letters.history(), "delivery-limit", "7", "delivered 3 times without a verdict");
    }

    @Test
    void setsARecordAsideAtOnceWhenItsHandlerSaysSo() throws InterruptedException {
        consumer.deliver(List.of(record(0, "empty", 1)));

        try (var _ = queue(_ -> {
            throw new UnprocessableException(DeadLetterReason.EMPTY_PROMPT, "nothing to answer");
        })) {
            assertThat(consumer.nextAcknowledged()).isEqualTo("REJECT 0");
        }

        assertLetter(letters.history(), "empty-prompt", "0", "nothing to answer");
    }

    @Test
    void releasesWorkThatIsToBeRetriedAndKeepsItWhenNoDeliveryIsLeft() throws InterruptedException {
        var tries = new AtomicInteger();
        consumer.deliver(List.of(record(0, "early", 1))).deliver(List.of(record(1, "last", 3)));

        try (var _ = queue(batch -> {
            if (batch.contains("early") || tries.incrementAndGet() < 3) {
                throw new RetryLaterException("no version yet", Duration.ofMillis(1));
            }
        })) {
            assertThat(consumer.nextAcknowledged()).isEqualTo("RELEASE 0");
            assertThat(consumer.nextAcknowledged()).isEqualTo("ACCEPT 1");
        }

        assertThat(letters.history()).isEmpty();
    }

    @Test
    void renewsTheLockWhileWorkGoesOn() throws InterruptedException {
        var finish = new CountDownLatch(1);
        consumer.lockMillis(60).deliver(List.of(record(0, "slow", 1))).deliver(List.of(record(1, "next", 1)));

        try (var _ = queue(batch -> awaitOn("slow", batch, finish))) {
            assertThat(consumer.nextAcknowledged()).isEqualTo("RENEW 0");
            assertThat(consumer.nextAcknowledged()).isEqualTo("RENEW 0");
            finish.countDown();
            String next = consumer.nextAcknowledged();
            while (next.equals("RENEW 0")) {
                next = consumer.nextAcknowledged();
            }
            assertThat(next).isEqualTo("ACCEPT 0");
            assertThat(consumer.nextAcknowledged()).isEqualTo("ACCEPT 1");
        }

        assertThat(handled).containsExactly(List.of("slow"), List.of("next"));
    }

    @Test
    void goesOnAfterALockWasLost() throws InterruptedException {
        var finish = new CountDownLatch(1);
        consumer.lockMillis(60)
                .loseLocks()
                .deliver(List.of(record(0, "slow", 1)))
                .deliver(List.of(record(1, "next", 1)));

        try (var _ = queue(batch -> awaitOn("slow", batch, finish))) {
            assertThat(consumer.nextAcknowledged()).isEqualTo("RENEW 0");
            finish.countDown();
            assertThat(consumer.nextAcknowledged()).isEqualTo("ACCEPT 1");
        }

        assertThat(meters.get("troupe.work.records")
                        .tag("outcome", "lost")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void releasesWorkInFlightWhenItCloses() throws InterruptedException {
        var never = new CountDownLatch(1);
        consumer.lockMillis(60).deliver(List.of(record(0, "slow", 1)));
        var queue = queue(batch -> awaitOn("slow", batch, never));
        assertThat(consumer.nextAcknowledged()).isEqualTo("RENEW 0");

        queue.close();
        queue.close();

        assertThat(consumer.acknowledged).last().isEqualTo("RELEASE 0");
        assertThat(consumer.closed.getCount()).isZero();
        assertThat(queue.live()).isFalse();
        assertThat(letters.closed()).isTrue();
    }

    @Test
    void waitsForTheRegistryAndKeepsTheRecord() throws InterruptedException {
        var tries = new AtomicInteger();
        consumer.lockMillis(60).deliver(List.of(record(0, "a", 1)));

        try (var _ = queue(
                value -> {
                    if (tries.incrementAndGet() < 2) {
                        throw new RegistryUnavailableException("down", new IllegalStateException());
                    }
                    return decode(value);
                },
                _ -> {})) {
            String next = consumer.nextAcknowledged();
            while (next.equals("RENEW 0")) {
                next = consumer.nextAcknowledged();
            }
            assertThat(next).isEqualTo("ACCEPT 0");
        }

        assertThat(letters.history()).isEmpty();
    }

    @Test
    void makesANewConsumerWhenThePollFails() throws InterruptedException {
        var second = new FakeShareConsumer().deliver(List.of(record(0, "a", 1)));
        consumers.add(second);
        consumer.failNextPoll(new KafkaException("the broker is gone"));

        try (var _ = queue(_ -> {})) {
            assertThat(second.nextAcknowledged()).isEqualTo("ACCEPT 0");
        }

        assertThat(consumer.closed.getCount()).isZero();
    }

    @Test
    void stopsTheWorkInFlightWhenItsRenewalFails() throws InterruptedException {
        var second = new FakeShareConsumer().deliver(List.of(record(1, "next", 1)));
        consumers.add(second);
        consumer.lockMillis(60).deliver(List.of(record(0, "slow", 1)));
        var begun = new CountDownLatch(1);

        try (var _ = queue(batch -> {
            begun.countDown();
            awaitOn("slow", batch, new CountDownLatch(1));
        })) {
            assertThat(begun.await(5, TimeUnit.SECONDS)).isTrue();
            consumer.failNextPoll(new KafkaException("the broker is gone"));
            assertThat(second.nextAcknowledged()).isEqualTo("ACCEPT 1");
        }

        assertThat(consumer.closed.getCount()).isZero();
        assertThat(letters.history()).isEmpty();
    }

    @Test
    void closesWithoutHavingBeenStarted() {
        var queue = new WorkQueue<>(parts(), TopicCatalog.MESSAGES, WorkQueueTest::decode, OPTIONS, _ -> {});

        queue.close();

        assertThat(queue.live()).isFalse();
        assertThat(letters.closed()).isTrue();
    }

    private static void failOn(String bad, List<String> batch) {
        if (batch.contains(bad)) {
            throw new IllegalStateException("cannot do this");
        }
    }

    private static void awaitOn(String slow, List<String> batch, CountDownLatch finish) throws InterruptedException {
        if (batch.contains(slow) && !finish.await(10, TimeUnit.SECONDS)) {
            throw new IllegalStateException("nobody finished the test");
        }
    }

    private static void assertLetter(
            List<ProducerRecord<byte[], byte[]>> history, String reason, String offset, String message) {
        assertThat(history).singleElement().satisfies(letter -> {
            assertThat(letter.topic()).isEqualTo("dead-letters");
            assertThat(DeadLetters.text(letter.headers(), DeadLetters.REASON)).contains(reason);
            assertThat(DeadLetters.text(letter.headers(), DeadLetters.OFFSET)).contains(offset);
            assertThat(DeadLetters.text(letter.headers(), DeadLetters.STAGE)).contains("q");
            assertThat(DeadLetters.text(letter.headers(), DeadLetters.MESSAGE).orElseThrow())
                    .startsWith(message);
        });
    }
}
