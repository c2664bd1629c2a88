package dev.troupe.reward.coordinator;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.schemas.MalformedRecordException;
import dev.troupe.schemas.Topic;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.Step;
import dev.troupe.schemas.avro.Turn;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/** Agents and judges on a real cluster: they answer every turn and step, every third one twice. */
final class Players implements AutoCloseable {

    private final KafkaClients clients;
    private final Producer<byte[], byte[]> producer;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final ConcurrentMap<String, Integer> dealt = new ConcurrentHashMap<>();
    private final List<Exception> failures = new CopyOnWriteArrayList<>();
    private final Thread thread;

    Players(KafkaClients clients) {
        this.clients = clients;
        this.producer = clients.producer("players", Map.of());
        this.thread = Thread.ofPlatform().name("players").start(this::play);
    }

    private void play() {
        try (Consumer<byte[], byte[]> consumer = clients.consumer("players", "players", Map.of())) {
            consumer.subscribe(List.of(TopicCatalog.TURNS.name(), TopicCatalog.STEPS.name()));
            int answered = 0;
            while (!closed.get()) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(50))) {
                    if (record.topic().equals(TopicCatalog.TURNS.name())) {
                        Turn turn = clients.codec().decode(TopicCatalog.TURNS, record.value());
                        dealt.merge(turn.getTaskId() + "/" + turn.getEpisode() + "/" + turn.getRole(), 1, Integer::sum);
                    }
                    int times = answered++ % 3 == 0 ? 2 : 1;
                    for (int i = 0; i < times; i++) {
                        answer(record);
                    }
                }
            }
        } catch (MalformedRecordException e) {
            throw new AssertionError("the coordinator wrote a malformed record", e);
        }
    }

    private void answer(ConsumerRecord<byte[], byte[]> record) throws MalformedRecordException {
        if (record.topic().equals(TopicCatalog.STEPS.name())) {
            Step step = clients.codec().decode(TopicCatalog.STEPS, record.value());
            send(TopicCatalog.JUDGEMENTS, step.getTask().getTaskId(), Records.scored(step, 1));
        } else {
            Turn turn = clients.codec().decode(TopicCatalog.TURNS, record.value());
            send(TopicCatalog.ACTIONS, turn.getTaskId(), Records.action(turn, 1));
            send(TopicCatalog.MESSAGES, turn.getTaskId(), Records.message(turn, 0));
        }
    }

    /** Sends without waiting; the producer outlives outages of the broker. */
    <T extends SpecificRecord> void send(Topic<T> topic, String key, T value) {
        send(topic.name(), key, clients.codec().encode(topic, value));
    }

    void send(String topic, String key, byte[] value) {
        Future<RecordMetadata> _ =
                producer.send(new ProducerRecord<>(topic, key.getBytes(UTF_8), value), (_, failure) -> {
                    if (failure != null) {
                        failures.add(failure);
                    }
                });
    }

    /** How often each turn reached the players. */
    Map<String, Integer> dealt() {
        return Map.copyOf(dealt);
    }

    /** Records that were lost on the way to the broker: then a test proves nothing. */
    List<Exception> failures() {
        return List.copyOf(failures);
    }

    @Override
    public void close() {
        closed.set(true);
        try {
            thread.join(Duration.ofSeconds(10));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        producer.close(Duration.ofSeconds(5));
    }
}
