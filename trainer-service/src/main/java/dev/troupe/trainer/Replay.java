package dev.troupe.trainer;

import dev.troupe.runtime.artifact.ArtifactException;
import dev.troupe.runtime.artifact.ArtifactStore;
import dev.troupe.runtime.artifact.FileArtifacts;
import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.schemas.avro.ModelVersion;
import dev.troupe.schemas.avro.TrainingStep;
import dev.troupe.trainer.checkpoint.Checkpoints;
import dev.troupe.trainer.checkpoint.ScratchDirectory;
import dev.troupe.trainer.kafka.GroupLog;
import dev.troupe.trainer.kafka.VersionLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Trains the groups that the log holds once more, from a checkpoint on, and compares what comes out with what was
 * published then. It publishes nothing and commits nothing. The settings must be those of the trainer.
 */
public final class Replay {
    private final TrainerOptions options;
    private final Team team;

    /** Reads the settings of the trainer; problems are left with them, to be reported together. */
    public Replay(Settings settings, String teamId) {
        this.options = TrainerOptions.read(settings);
        this.team = Team.read(settings, teamId);
    }

    /** Is told of every version. */
    @FunctionalInterface
    public interface Progress {
        /** @param last step that is to be trained again */
        void trained(ReplayedVersion version, long last);
    }

    /**
     * Replays.
     *
     * @param from version that it begins with
     * @param to last version; without one, all that were published
     * @throws IOException when a version cannot be begun with; the message says which can
     */
    public ReplayReport run(KafkaClients clients, int from, OptionalInt to, Progress progress)
            throws IOException, InterruptedException {
        var versions = new VersionLog(clients, team.policyIds());
        versions.read();
        var log = new GroupLog(clients, team.teamId());
        Path scratch = Files.createTempDirectory("troupe-replay-");
        try (var published = ArtifactStore.of(options.artifacts());
                var elsewhere = new FileArtifacts(scratch)) {
            return run(versions, log, Checkpoints.copies(published, elsewhere, options.compute()), from, to, progress);
        } finally {
            ScratchDirectory.delete(scratch);
        }
    }

    private ReplayReport run(
            VersionLog versions, GroupLog log, Checkpoints copies, int from, OptionalInt to, Progress progress)
            throws IOException, InterruptedException {
        try (var training = new TeamTraining(team, options, copies, InstantSource.system())) {
            begin(training, versions, from);
            NavigableMap<Long, TrainingStep> steps = wanted(log.steps().tailMap(training.step(), false), to);
            var replayed = new ArrayList<ReplayedVersion>();
            var run = new ReplayRun(steps, training, copies, version -> {
                ReplayedVersion compared = ReplayedVersion.of(version, published(versions, version));
                replayed.add(compared);
                progress.trained(compared, steps.lastKey());
            });
            if (!steps.isEmpty()) {
                log.groups(training.consumed(), run);
            }
            return new ReplayReport(
                    team.teamId(), from, replayed, run.passedOver(), run.firstPassedOver(), run.ended());
        } catch (ArtifactException e) {
            throw new IOException("cannot replay from version " + from + ": " + e.getMessage(), e);
        }
    }

    private void begin(TeamTraining training, VersionLog versions, int from) throws IOException, ArtifactException {
        var begun = new ArrayList<ModelVersion>();
        for (String policyId : team.learning()) {
            ModelVersion version = versions.history(policyId).get(from);
            if (version == null) {
                throw new IOException("model-versions holds no version %d of %s; it holds %s"
                        .formatted(from, policyId, versions.history(policyId).keySet()));
            }
            begun.add(version);
        }
        Set<Long> steps = begun.stream().map(ModelVersion::getTrainingStep).collect(Collectors.toSet());
        if (steps.size() > 1) {
            throw new IOException("the versions %d of team %s are of the steps %s, so they were never trained together;"
                            .formatted(from, team.teamId(), steps)
                    + " a policy that joined later has lower numbers");
        }
        long step = begun.getFirst().getTrainingStep();
        // One that is frozen plays the version that it had then.
        for (String policyId : team.policyIds()) {
            if (!team.learning().contains(policyId)) {
                begun.add(versions.history(policyId).descendingMap().values().stream()
                        .filter(version -> version.getTrainingStep() <= step)
                        .findFirst()
                        .orElseThrow(
                                () -> new IOException("model-versions holds no version of %s from step %d or before"
                                        .formatted(policyId, step))));
            }
        }
        training.restore(begun);
    }

    /** The steps whose versions are asked for. */
    private static NavigableMap<Long, TrainingStep> wanted(SortedMap<Long, TrainingStep> steps, OptionalInt to) {
        var wanted = new TreeMap<>(steps);
        wanted.values()
                .removeIf(step -> to.isPresent()
                        && step.getVersions().values().stream().allMatch(version -> version > to.getAsInt()));
        return wanted;
    }

    private static Optional<ModelVersion> published(VersionLog versions, ModelVersion replayed) {
        return Optional.ofNullable(versions.history(replayed.getPolicyId()).get(replayed.getVersion()));
    }
}
