package dev.troupe.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** What goes into a queue in tests, and what is set aside. */
final class QueueRecords {

    private QueueRecords() {}

    static void send(KafkaClients clients, String... contents) throws Exception {
        for (String content : contents) {
            Message message = Message.newBuilder()
                    .setTaskId(content)
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
            sendBytes(clients, content, clients.codec().encode(TopicCatalog.MESSAGES, message));
        }
    }

    static void sendBytes(KafkaClients clients, String key, byte[] value) throws Exception {
        try (Producer<byte[], byte[]> producer = clients.producer("test", Map.of())) {
            producer.send(new ProducerRecord<>("messages", key.getBytes(UTF_8), value))
                    .get(60, TimeUnit.SECONDS);
        }
    }

    static List<ConsumerRecord<byte[], byte[]>> letters(KafkaClients clients) {
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
}
