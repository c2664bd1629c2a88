package dev.troupe.reward.coordinator;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.troupe.schemas.MalformedRecordException;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.ModelVersion;
import java.nio.ByteBuffer;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the training step of the newest version of every policy where all partitions can look it up. */
final class ModelVersionTable extends ContextualProcessor<byte[], byte[], Void, Void> {

    private static final Logger LOGGER = LoggerFactory.getLogger(ModelVersionTable.class);

    private final PatientCodec codec;

    ModelVersionTable(PatientCodec codec) {
        this.codec = codec;
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        byte[] value = record.value();
        if (value == null) {
            return;
        }
        try {
            ModelVersion version = codec.decode(TopicCatalog.MODEL_VERSIONS, value);
            if (record.key() == null || !version.getPolicyId().equals(new String(record.key(), UTF_8))) {
                throw new MalformedRecordException(
                        "the record key is not the policyId '%s'".formatted(version.getPolicyId()));
            }
            KeyValueStore<String, byte[]> versions = context().getStateStore(StoreNames.MODEL_VERSIONS);
            versions.put(
                    version.getPolicyId(),
                    ByteBuffer.allocate(Long.BYTES)
                            .putLong(version.getTrainingStep())
                            .array());
        } catch (MalformedRecordException e) {
            // A global table has no way out for dead letters; the intake sets the record aside.
            LOGGER.atWarn()
                    .addKeyValue("topic", TopicCatalog.MODEL_VERSIONS.name())
                    .addKeyValue("error", e.getMessage())
                    .log("ignored a malformed model version");
        }
    }
}
