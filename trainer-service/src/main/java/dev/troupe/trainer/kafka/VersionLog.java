package dev.troupe.trainer.kafka;

import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.TopicReader;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.ModelVersion;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** The published versions of a team's policies. Read once, then kept up by the only one who publishes them. */
public final class VersionLog {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private final KafkaClients clients;
    private final List<String> policyIds;
    private final Map<String, NavigableMap<Integer, ModelVersion>> versions = new ConcurrentHashMap<>();

    public VersionLog(KafkaClients clients, List<String> policyIds) {
        this.clients = clients;
        this.policyIds = List.copyOf(policyIds);
    }

    /** Reads what is committed. @throws IOException when the log cannot be read in time */
    public void read() throws IOException {
        try (var reader = new TopicReader<>(
                clients, "troupe-trainer", TopicCatalog.MODEL_VERSIONS, record -> add(record.value()))) {
            reader.start();
            if (!reader.awaitCaughtUp(DEADLINE)) {
                throw new IOException("model-versions could not be read within " + DEADLINE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted while reading model-versions").initCause(e);
        }
    }

    /** Notes a version that has been committed; those of other teams' policies are left out. */
    public void add(ModelVersion version) {
        if (policyIds.contains(version.getPolicyId())) {
            history(version.getPolicyId()).put(version.getVersion(), version);
        }
    }

    public Optional<ModelVersion> newest(String policyId) {
        return Optional.ofNullable(history(policyId).lastEntry()).map(Map.Entry::getValue);
    }

    /** The highest training step among the newest versions; 0 when nothing has been trained. */
    public long step() {
        return policyIds.stream()
                .flatMap(policyId -> newest(policyId).stream())
                .mapToLong(ModelVersion::getTrainingStep)
                .max()
                .orElse(0);
    }

    /** Versions of a policy by number; changes write through. */
    public NavigableMap<Integer, ModelVersion> history(String policyId) {
        return versions.computeIfAbsent(policyId, _ -> new ConcurrentSkipListMap<>());
    }
}
