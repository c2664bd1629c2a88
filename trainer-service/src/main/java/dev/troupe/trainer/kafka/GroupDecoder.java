package dev.troupe.trainer.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.troupe.runtime.kafka.Origin;
import dev.troupe.schemas.MalformedRecordException;
import dev.troupe.schemas.RecordCodec;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.EpisodeGroup;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which records of {@code episode-groups} are a team's, and what they say. */
record GroupDecoder(RecordCodec codec, String teamId) {
    private static final Logger LOGGER = LoggerFactory.getLogger(GroupDecoder.class);

    boolean isOwn(ConsumerRecord<byte[], byte[]> row) {
        return row.key() != null && teamId.equals(new String(row.key(), UTF_8));
    }

    /** @throws dev.troupe.schemas.RegistryUnavailableException when the schema registry does not answer */
    ReceivedGroup decode(ConsumerRecord<byte[], byte[]> row) {
        try {
            if (row.value() == null) {
                throw new MalformedRecordException("the value is missing");
            }
            EpisodeGroup group = codec.decode(TopicCatalog.EPISODE_GROUPS, row.value());
            if (!teamId.equals(group.getTeamId())) {
                throw new MalformedRecordException(
                        "the record key is '%s', the teamId '%s'".formatted(teamId, group.getTeamId()));
            }
            return new ReceivedGroup.Decoded(group);
        } catch (MalformedRecordException e) {
            LOGGER.atWarn()
                    .addKeyValue("topic", row.topic())
                    .addKeyValue("partition", row.partition())
                    .addKeyValue("offset", row.offset())
                    .addKeyValue("error", e.getMessage())
                    .log("a group cannot be read and is skipped");
            return new ReceivedGroup.Malformed(Origin.of(row));
        }
    }
}
