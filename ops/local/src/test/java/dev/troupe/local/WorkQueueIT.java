package dev.troupe.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.BatchHandler;
import dev.troupe.runtime.kafka.DeadLetters;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.Provisioning;
import dev.troupe.runtime.kafka.QueueProtocol;
import dev.troupe.runtime.kafka.WorkQueue;
import dev.troupe.runtime.kafka.WorkQueueOptions;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.Message;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The scenarios, on a cluster in this process; a subclass runs them on another one. */
public class WorkQueueIT {

    private static final Duration SHORT_LOCK = Duration.ofSeconds(1);
    private static final Duration LONG_LOCK = Duration.ofSeconds(60);

    @TempDir
    Path dir;

    private QueueProtocol protocol = QueueProtocol.SHARE;
    private final LinkedBlockingQueue<String> handled = new LinkedBlockingQueue<>();
    /** Closed in reverse order after each test. */
    protected final List<AutoCloseable> opened = new ArrayList<>();

    private @Nullable LocalCluster cluster;

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : opened.reversed()) {
            one.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void handlesEveryRecordOnceAmongWorkers(QueueProtocol protocol) throws Exception {
        KafkaClients clients = start(protocol, LONG_LOCK, 4);
        QueueRecords.send(clients, IntStream.range(0, 50).mapToObj(i -> "m" + i).toArray(String[]::new));

        queue(clients, 4, 5, batch -> note(batch));
        queue(clients, 4, 5, batch -> note(batch));

        await().atMost(Duration.ofSeconds(30)).until(() -> handled.size() >= 50);
        assertNothingMoreIsHandled(Duration.ofSeconds(1));
        assertThat(handled).hasSize(50).doesNotHaveDuplicates();
        assertThat(QueueRecords.letters(clients)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void setsAMalformedRecordAsideAndHandlesItsNeighbours(QueueProtocol protocol) throws Exception {
        KafkaClients clients = start(protocol, LONG_LOCK, 1);
        QueueRecords.send(clients, "before");
        QueueRecords.sendBytes(clients, "bad-key", "no Avro at all".getBytes(UTF_8));
        QueueRecords.send(clients, "after");

        queue(clients, 8, 5, batch -> note(batch));

        await().atMost(Duration.ofSeconds(30)).until(() -> handled.size() >= 2);
        assertThat(handled).containsExactly("before", "after");
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(QueueRecords.letters(clients))
                        .singleElement()
                        .satisfies(letter -> {
                            assertThat(letter.key()).isEqualTo("bad-key".getBytes(UTF_8));
                            assertThat(letter.value()).isEqualTo("no Avro at all".getBytes(UTF_8));
                            assertHeader(letter, DeadLetters.REASON, "malformed");
                            assertHeader(letter, DeadLetters.TOPIC, "messages");
                            assertHeader(letter, DeadLetters.OFFSET, "1");
                        }));
    }

    @ParameterizedTest
    @EnumSource
    void redeliversWhatFailsUpToTheLimitAndThenSetsItAside(QueueProtocol protocol) throws Exception {
        KafkaClients clients = start(protocol, LONG_LOCK, 1);
        QueueRecords.send(clients, "good", "poison", "fine");

        queue(clients, 1, 3, batch -> {
            note(batch);
            if (batch.getFirst().getContent().equals("poison")) {
                throw new IllegalStateException("cannot do this");
            }
        });

        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(QueueRecords.letters(clients))
                        .singleElement()
                        .satisfies(letter -> {
                            assertHeader(letter, DeadLetters.REASON, "delivery-limit");
                            assertHeader(letter, DeadLetters.EXCEPTION, "java.lang.IllegalStateException");
                        }));
        assertNothingMoreIsHandled(Duration.ofSeconds(1));
        assertThat(handled).containsExactlyInAnyOrder("good", "poison", "poison", "poison", "fine");
    }

    @ParameterizedTest
    @EnumSource
    void doesNotRedeliverWorkThatTakesLongerThanItsLock(QueueProtocol protocol) throws Exception {
        KafkaClients clients = start(protocol, SHORT_LOCK, 1);
        QueueRecords.send(clients, "slow");
        var finish = new CountDownLatch(1);
        BatchHandler<Message> handler = batch -> {
            note(batch);
            assertThat(finish.await(30, TimeUnit.SECONDS)).isTrue();
        };

        queue(clients, 1, 5, handler);
        queue(clients, 1, 5, handler);

        await().atMost(Duration.ofSeconds(30)).until(() -> handled.size() == 1);
        assertNothingMoreIsHandled(SHORT_LOCK.multipliedBy(4));
        finish.countDown();
        assertNothingMoreIsHandled(SHORT_LOCK);
    }

    @ParameterizedTest
    @EnumSource
    void releasesWorkInFlightToAnotherWorkerWhenItCloses(QueueProtocol protocol) throws Exception {
        KafkaClients clients = start(protocol, LONG_LOCK, 1);
        QueueRecords.send(clients, "slow");
        var never = new CountDownLatch(1);
        WorkQueue<Message> first = queue(clients, 1, 5, batch -> {
            note(batch);
            assertThat(never.await(2, TimeUnit.MINUTES)).isTrue();
        });
        await().atMost(Duration.ofSeconds(30)).until(() -> handled.size() == 1);

        long begun = System.nanoTime();
        first.close();
        queue(clients, 1, 5, batch -> note(batch));

        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(6));
        // Well before the lock could have expired.
        await().atMost(LONG_LOCK.dividedBy(2)).until(() -> handled.size() == 2);
    }

    @ParameterizedTest
    @EnumSource
    void goesOnAfterTheBrokerWasAway(QueueProtocol protocol) throws Exception {
        KafkaClients clients = start(protocol, LONG_LOCK, 1);
        QueueRecords.send(clients, "before");
        queue(clients, 1, 5, batch -> note(batch));
        await().atMost(Duration.ofSeconds(30)).until(() -> handled.contains("before"));

        restart();
        QueueRecords.send(clients, "after");

        await().atMost(Duration.ofSeconds(60)).until(() -> handled.contains("after"));
    }

    private KafkaClients start(QueueProtocol chosen, Duration lock, int partitions) throws Exception {
        protocol = chosen;
        var settings = new HashMap<>(cluster(lock, partitions));
        // What a lock is to a share group: work that takes longer must not cost a worker its place.
        settings.put("kafka.max.poll.interval.ms", "2000");
        settings.put("kafka.heartbeat.interval.ms", "300");
        var clients = new KafkaClients(Settings.of(settings));
        opened.add(clients);
        return clients;
    }

    /**
     * A cluster without records.
     *
     * @param lock how long workers hold what they take
     * @return where it is
     */
    protected Map<String, String> cluster(Duration lock, int partitions) throws Exception {
        LocalCluster started = LocalCluster.start(dir, 0, 0, new Provisioning(partitions, (short) 1, lock));
        cluster = started;
        opened.add(() -> requireNonNull(cluster).close());
        return started.settings();
    }

    /** Takes broker and registry away and brings them back, at the same addresses and with what they held. */
    protected void restart() throws Exception {
        LocalCluster stopped = requireNonNull(cluster);
        stopped.close();
        cluster = LocalCluster.start(dir, port(stopped.bootstrapServers()), port(stopped.registryUrl()));
    }

    private WorkQueue<Message> queue(
            KafkaClients clients, int batch, int deliveryLimit, BatchHandler<Message> handler) {
        WorkQueue<Message> queue = WorkQueue.of(
                clients,
                TopicCatalog.JUDGES_GROUP,
                TopicCatalog.MESSAGES,
                new WorkQueueOptions(batch, LONG_LOCK, deliveryLimit, protocol),
                handler);
        opened.add(queue);
        queue.start();
        return queue;
    }

    private void note(List<Message> batch) {
        batch.forEach(message -> handled.add(message.getContent()));
    }

    private void assertNothingMoreIsHandled(Duration during) {
        int before = handled.size();
        await().during(during).atMost(during.plusSeconds(10)).until(() -> handled.size() == before);
    }

    private static void assertHeader(ConsumerRecord<byte[], byte[]> letter, String name, String value) {
        assertThat(DeadLetters.text(letter.headers(), name)).contains(value);
    }

    private static int port(String address) {
        return URI.create(address.contains("://") ? address : "kafka://" + address)
                .getPort();
    }
}
