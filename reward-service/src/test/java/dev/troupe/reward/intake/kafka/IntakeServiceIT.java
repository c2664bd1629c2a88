package dev.troupe.reward.intake.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.troupe.local.LocalCluster;
import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.DeadLetters;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.Provisioning;
import dev.troupe.schemas.Topic;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.ModelVersion;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The intake on a real broker: each bad record becomes one letter, whoever comes and goes meanwhile. */
class IntakeServiceIT {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int EACH = 40;

    @TempDir
    private Path dir;

    private final List<String> bad = new ArrayList<>();

    @Test
    void eachBadRecordIsOneLetterOverTakeoversAndAnOutage() throws Exception {
        LocalCluster cluster = LocalCluster.start(dir, 0, 0, new Provisioning(2, (short) 1));
        int brokerPort = URI.create("kafka://" + cluster.bootstrapServers()).getPort();
        int registryPort = URI.create(cluster.registryUrl()).getPort();
        try (var clients = new KafkaClients(Settings.of(cluster.settings()));
                var producer = clients.producer("test", Map.of())) {
            IntakeService first = started(clients);
            feed(clients, producer, "a");
            try (IntakeService _ = started(clients)) {
                feed(clients, producer, "b");
                await().atMost(PATIENCE).until(() -> letters(clients).size() >= EACH);
                first.close();
                feed(clients, producer, "c");

                cluster.close();
                cluster = LocalCluster.start(dir, brokerPort, registryPort);
                feed(clients, producer, "d");
                await().atMost(PATIENCE).until(() -> letters(clients).size() >= bad.size());
            }
            List<ConsumerRecord<byte[], byte[]>> letters = letters(clients);
            assertThat(letters).extracting(IntakeServiceIT::id).containsExactlyInAnyOrderElementsOf(bad);
            assertThat(letters).extracting(ConsumerRecord::timestamp).containsOnly(1_700_000_000_000L);
            assertThat(letters)
                    .extracting(letter -> text(letter, DeadLetters.REASON))
                    .contains("malformed", "wrong-key");
        } finally {
            cluster.close();
        }
    }

    private static IntakeService started(KafkaClients clients) {
        var service = new IntakeService(clients);
        service.start();
        await().atMost(PATIENCE).until(service::ready);
        return service;
    }

    /** Bad records in every topic of the intake, good ones and tombstones between them. */
    private void feed(KafkaClients clients, Producer<byte[], byte[]> producer, String prefix) throws Exception {
        var sent = new ArrayList<Future<RecordMetadata>>();
        byte[] version = clients.codec().encode(TopicCatalog.MODEL_VERSIONS, version());
        for (int i = 0; i < EACH; i++) {
            for (Topic<?> topic : IntakeService.TOPICS) {
                String id = prefix + i + topic.name();
                bad.add(id);
                sent.add(producer.send(record(topic, id, "k" + i, id.getBytes(UTF_8))));
            }
            sent.add(producer.send(record(TopicCatalog.MODEL_VERSIONS, "good", "coder", version)));
            sent.add(producer.send(record(TopicCatalog.MODEL_VERSIONS, "tombstone", "k" + i, null)));
            bad.add(prefix + i);
            sent.add(producer.send(record(TopicCatalog.MODEL_VERSIONS, prefix + i, "k" + i, version)));
        }
        for (Future<RecordMetadata> future : sent) {
            future.get();
        }
    }

    private static ProducerRecord<byte[], byte[]> record(
            Topic<?> topic, String id, String key, byte @Nullable [] value) {
        return new ProducerRecord<>(
                topic.name(),
                null,
                1_700_000_000_000L,
                key.getBytes(UTF_8),
                value,
                new RecordHeaders().add("id", id.getBytes(UTF_8)));
    }

    private static ModelVersion version() {
        return ModelVersion.newBuilder()
                .setPolicyId("coder")
                .setVersion(1)
                .setParent(0)
                .setTeamId("team")
                .setArtifactUri("file:///nowhere")
                .setFiles(List.of())
                .setTrainingStep(1)
                .setCreatedAt(0)
                .build();
    }

    private static String id(ConsumerRecord<byte[], byte[]> letter) {
        return text(letter, "id");
    }

    private static String text(ConsumerRecord<byte[], byte[]> letter, String header) {
        return DeadLetters.text(letter.headers(), header).orElseThrow();
    }

    private static List<ConsumerRecord<byte[], byte[]>> letters(KafkaClients clients) {
        var letters = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        try (var consumer = clients.consumer("letters", null, Map.of())) {
            var partition = new TopicPartition(TopicCatalog.DEAD_LETTERS, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(letters::add);
            }
        }
        return letters;
    }
}
