package dev.troupe.agent.turn;

import dev.troupe.runtime.kafka.Origin;
import dev.troupe.runtime.kafka.TopicWriter;
import dev.troupe.schemas.Topic;
import java.util.concurrent.CompletableFuture;
import org.apache.avro.specific.SpecificRecord;

/** Where answers go: {@link TopicWriter#send}. */
@FunctionalInterface
public interface Outbox {
    /** The future ends when the record is safe. */
    <T extends SpecificRecord> CompletableFuture<Origin> send(Topic<T> topic, String key, T value);
}
