package dev.troupe.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.BatchHandler;
import dev.troupe.runtime.kafka.DeadLetters;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.Provisioning;
import dev.troupe.runtime.kafka.WorkQueue;
import dev.troupe.runtime.kafka.WorkQueueOptions;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.Message;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkQueueIT {

    private static final Duration SHORT_LOCK = Duration.ofSeconds(1);
    private static final Duration LONG_LOCK = Duration.ofSeconds(60);

    @TempDir
    Path dir;

    private final LinkedBlockingQueue<String> handled = new LinkedBlockingQueue<>();
    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : opened.reversed()) {
            one.close();
        }
    }

    @Test
    void handlesEveryRecordOnceAmongWorkers() throws Exception {
        KafkaClients clients = start(LONG_LOCK);
        send(clients, IntStream.range(0, 50).mapToObj(i -> "m" + i).toArray(String[]::new));

        queue(clients, 4, 5, batch -> note(batch));
        queue(clients, 4, 5, batch -> note(batch));

        await().atMost(Duration.ofSeconds(30)).until(() -> handled.size() >= 50);
        assertNothingMoreIsHandled(Duration.ofSeconds(2));
        assertThat(handled).hasSize(50).doesNotHaveDuplicates();
        assertThat(letters(clients)).isEmpty();
    }

    @Test
    void setsAMalformedRecordAsideAndHandlesItsNeighbours() throws Exception {
        KafkaClients clients = start(LONG_LOCK);
        send(clients, "before");
        sendBytes(clients, "bad-key", "no Avro at all".getBytes(UTF_8));
        send(clients, "after");

        queue(clients, 8, 5, batch -> note(batch));

        await().atMost(Duration.ofSeconds(30)).until(() -> handled.size() >= 2);
        assertThat(handled).containsExactly("before", "after");
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(letters(clients))
                        .singleElement()
                        .satisfies(letter -> {
                            assertThat(letter.key()).isEqualTo("bad-key".getBytes(UTF_8));
                            assertThat(letter.value()).isEqualTo("no Avro at all".getBytes(UTF_8));
                            assertHeader(letter, DeadLetters.REASON, "malformed");
                            assertHeader(letter, DeadLetters.TOPIC, "messages");
                            assertHeader(letter, DeadLetters.OFFSET, "1");
                        }));
    }

    @Test
    void redeliversWhatFailsUpToTheLimitAndThenSetsItAside() throws Exception {
        KafkaClients clients = start(LONG_LOCK);
        send(clients, "good", "poison", "fine");

        queue(clients, 1, 3, batch -> {
            note(batch);
            if (batch.getFirst().getContent().equals("poison")) {
                throw new IllegalStateException("cannot do this");
            }
        });

        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(letters(clients))
                        .singleElement()
                        .satisfies(letter -> {
                            assertHeader(letter, DeadLetters.REASON, "delivery-limit");
                            assertHeader(letter, DeadLetters.EXCEPTION, "java.lang.IllegalStateException");
                        }));
        assertNothingMoreIsHandled(Duration.ofSeconds(2));
        assertThat(handled).containsExactlyInAnyOrder("good", "poison", "poison", "poison", "fine");
    }

    @Test
    void doesNotRedeliverWorkThatTakesLongerThanItsLock() throws Exception {
        KafkaClients clients = start(SHORT_LOCK);
        send(clients, "slow");
        var finish = new CountDownLatch(1);
        BatchHandler<Message> handler = batch -> {
            note(batch);
            assertThat(finish.await(30, TimeUnit.SECONDS)).isTrue();
        };

        queue(clients, 1, 5, handler);
        queue(clients, 1, 5, handler);

        await().atMost(Duration.ofSeconds(30)).until(() -> handled.size() == 1);
        assertNothingMoreIsHandled(SHORT_LOCK.multipliedBy(5));
        finish.countDown();
        assertNothingMoreIsHandled(SHORT_LOCK.multipliedBy(2));
    }

    @Test
    void releasesWorkInFlightToAnotherWorkerWhenItCloses() throws Exception {
        KafkaClients clients = start(LONG_LOCK);
        send(clients, "slow");
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

    @Test
    void goesOnAfterTheBrokerWasAway() throws Exception {
        Path home = dir.resolve("cluster");
        LocalCluster cluster = LocalCluster.start(home, 0, 0);
        var clients = new KafkaClients(Settings.of(cluster.settings()));
        opened.add(clients);
        send(clients, "before");
        queue(clients, 1, 5, batch -> note(batch));
        await().atMost(Duration.ofSeconds(30)).until(() -> handled.contains("before"));

        cluster.close();
        opened.addFirst(LocalCluster.start(home, port(cluster.bootstrapServers()), port(cluster.registryUrl())));
        send(clients, "after");

        await().atMost(Duration.ofSeconds(60)).until(() -> handled.contains("after"));
    }

    private KafkaClients start(Duration lock) {
        LocalCluster cluster = LocalCluster.start(dir, 0, 0, new Provisioning(1, (short) 1, lock));
        opened.add(cluster);
        var clients = new KafkaClients(Settings.of(cluster.settings()));
        opened.add(clients);
        return clients;
    }

    private WorkQueue<Message> queue(
            KafkaClients clients, int batch, int deliveryLimit, BatchHandler<Message> handler) {
        WorkQueue<Message> queue = WorkQueue.of(
                clients,
                TopicCatalog.JUDGES_GROUP,
                TopicCatalog.MESSAGES,
                new WorkQueueOptions(batch, LONG_LOCK, deliveryLimit),
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

    private static void send(KafkaClients clients, String... contents) throws Exception {
        for (String content : contents) {
            Message message = Message.newBuilder()
                    .setTaskId("t")
                    .setEpisode(0)
                    .setTurn(0)
                    .setSequence(0)
                    .setAttempt(0)
                    .setFrom("helper")
                    .setTo("main")
                    .setContent(content)
                    .setTokens(1)
                    .setSentAt(0)
                    .build();
            sendBytes(clients, "t", clients.codec().encode(TopicCatalog.MESSAGES, message));
        }
    }

    private static void sendBytes(KafkaClients clients, String key, byte[] value) throws Exception {
        try (Producer<byte[], byte[]> producer = clients.producer("test", Map.of())) {
            producer.send(new ProducerRecord<>("messages", key.getBytes(UTF_8), value))
                    .get(60, TimeUnit.SECONDS);
        }
    }

    private static List<ConsumerRecord<byte[], byte[]>> letters(KafkaClients clients) {
        var partition = new TopicPartition(TopicCatalog.DEAD_LETTERS, 0);
        var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        try (Consumer<byte[], byte[]> consumer = clients.consumer("test", null, Map.of())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
        }
        return records;
    }

    private static void assertHeader(ConsumerRecord<byte[], byte[]> letter, String name, String value) {
        assertThat(DeadLetters.text(letter.headers(), name)).contains(value);
    }

    private static int port(String address) {
        return URI.create(address.contains("://") ? address : "kafka://" + address)
                .getPort();
    }
}
