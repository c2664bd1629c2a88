package dev.troupe.trainer.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.schemas.RecordCodec;
import dev.troupe.schemas.Topic;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.ModelVersion;
import dev.troupe.schemas.avro.TrainingStep;
import dev.troupe.trainer.fault.StepListener;
import dev.troupe.trainer.fault.StepPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;

/**
 * Writes what a team's trainer has to say, one transaction for each step: the offsets of the groups, the step and the
 * new versions become visible together or not at all. Owned by one thread.
 */
public final class StepWriter implements AutoCloseable {
    private final Producer<byte[], byte[]> producer;
    private final RecordCodec codec;
    private final String transactionalId;
    private final StepListener listener;

    public StepWriter(KafkaClients clients, String teamId, StepListener listener) {
        this.listener = listener;
        this.transactionalId = "troupe-trainer-" + teamId;
        this.codec = clients.codec();
        this.producer = clients.producer(transactionalId, Map.of("transactional.id", transactionalId));
    }

    /** Fences earlier trainers of the team and waits until their last transaction has ended either way. */
    public void open() {
        fenced(producer::initTransactions);
    }

    /** Publishes first versions, which no group has trained. */
    public void publish(List<ModelVersion> versions) {
        transaction(() -> versionRecords(versions).forEach(this::send));
        listener.reached(StepPoint.FIRST_VERSIONS_PUBLISHED, 0);
    }

    /**
     * Commits a step.
     *
     * @throws TrainerFencedException when another trainer has taken over
     * @throws KafkaException when it is not known to be committed; start again from what the broker says
     */
    public void commit(GroupFeed feed, TrainingStep step, List<ModelVersion> versions) {
        var records = new ArrayList<ProducerRecord<byte[], byte[]>>();
        records.add(row(TopicCatalog.TRAINING_STEPS, step.getTeamId(), step));
        records.addAll(versionRecords(versions));
        transaction(() -> {
            listener.reached(StepPoint.TRANSACTION_BEGUN, step.getStep());
            records.forEach(this::send);
            producer.flush();
            listener.reached(StepPoint.RECORDS_SENT, step.getStep());
            producer.sendOffsetsToTransaction(feed.offsets(step.getStep()), feed.metadata());
            listener.reached(StepPoint.OFFSETS_SENT, step.getStep());
        });
        listener.reached(StepPoint.COMMITTED, step.getStep());
    }

    private List<ProducerRecord<byte[], byte[]>> versionRecords(List<ModelVersion> versions) {
        return versions.stream()
                .map(version -> row(TopicCatalog.MODEL_VERSIONS, version.getPolicyId(), version))
                .toList();
    }

    private <T extends SpecificRecord> ProducerRecord<byte[], byte[]> row(Topic<T> topic, String key, T value) {
        return new ProducerRecord<>(topic.name(), key.getBytes(UTF_8), codec.encode(topic, value));
    }

    private void transaction(Runnable body) {
        fenced(() -> {
            producer.beginTransaction();
            // A send that fails makes commitTransaction throw, so the futures need no look.
            body.run();
            producer.commitTransaction();
        });
    }

    @SuppressWarnings("FutureReturnValueIgnored")
    private void send(ProducerRecord<byte[], byte[]> row) {
        producer.send(row);
    }

    private void fenced(Runnable action) {
        try {
            action.run();
        } catch (ProducerFencedException | InvalidProducerEpochException e) {
            throw new TrainerFencedException(transactionalId, e);
        }
    }

    @Override
    public void close() {
        // Without a commit the open transaction is aborted: by the broker, when the next trainer of the team starts.
        producer.close(java.time.Duration.ofSeconds(5));
    }
}
