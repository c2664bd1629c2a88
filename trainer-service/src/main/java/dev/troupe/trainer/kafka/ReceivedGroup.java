package dev.troupe.trainer.kafka;

import dev.troupe.schemas.avro.EpisodeGroup;
import org.apache.kafka.clients.producer.ProducerRecord;

/** A record of the team's own in {@code episode-groups}. */
public sealed interface ReceivedGroup {
    /** A group. */
    record Decoded(EpisodeGroup group) implements ReceivedGroup {}

    /** Bytes that are no group, with the dead letter to be written in the step's transaction. */
    record Malformed(String where, ProducerRecord<byte[], byte[]> deadLetter) implements ReceivedGroup {}
}
