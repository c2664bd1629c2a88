package dev.troupe.trainer;

import dev.troupe.runtime.artifact.ArtifactException;
import dev.troupe.runtime.artifact.ArtifactOptions;
import dev.troupe.runtime.artifact.ArtifactStore;
import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.schemas.avro.ModelVersion;
import dev.troupe.trainer.fault.StepListener;
import dev.troupe.trainer.kafka.StepWriter;
import dev.troupe.trainer.kafka.VersionLog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes a team back to an older version: publishes its files once more, as the newest version of every policy. Agents
 * load it, and training goes on from it with the groups that come next. Nothing is deleted, and the log tells of it:
 * the new version's parent is the old one.
 */
public final class Rollback {
    private final ArtifactOptions artifacts;
    private final Team team;

    /** Reads the settings of the trainer; problems are left with them, to be reported together. */
    public Rollback(Settings settings, String teamId) {
        this.artifacts = TrainerOptions.read(settings).artifacts();
        this.team = Team.read(settings, teamId);
    }

    /**
     * Publishes. A trainer of the team that runs is fenced and stops; start it again.
     *
     * @param to version that every policy of the team that learns goes back to
     * @return the new versions
     * @throws IOException when a policy has no such version, or its files are not as they were published
     */
    public List<ModelVersion> run(KafkaClients clients, int to) throws IOException {
        try (var store = ArtifactStore.of(artifacts);
                var writer = new StepWriter(clients, team.teamId(), StepListener.NONE)) {
            // First, so that no trainer publishes behind what is read next.
            writer.open();
            var versions = new VersionLog(clients, team.policyIds());
            versions.read();
            var published = new ArrayList<ModelVersion>();
            // One that is frozen keeps its version.
            for (String policyId : team.learning()) {
                published.add(again(policyId, versions, to, store));
            }
            writer.publish(published);
            return published;
        }
    }

    private static ModelVersion again(String policyId, VersionLog versions, int to, ArtifactStore store)
            throws IOException {
        ModelVersion old = versions.history(policyId).get(to);
        if (old == null) {
            throw new IOException("model-versions holds no version %d of %s; it holds %s"
                    .formatted(to, policyId, versions.history(policyId).keySet()));
        }
        ModelVersion newest = versions.newest(policyId).orElseThrow();
        if (newest.getVersion() == to) {
            throw new IOException("version %d of %s is the newest".formatted(to, policyId));
        }
        try {
            Path _ = store.fetch(old.getArtifactUri(), old.getFiles());
        } catch (ArtifactException e) {
            throw new IOException(
                    "version %d of %s cannot be gone back to: %s".formatted(to, policyId, e.getMessage()), e);
        }
        return ModelVersion.newBuilder(old)
                .setVersion(newest.getVersion() + 1)
                .setParent(to)
                .setTrainingStep(newest.getTrainingStep())
                .setTaskIds(List.of())
                .setCreatedAt(InstantSource.system().millis())
                .build();
    }
}
