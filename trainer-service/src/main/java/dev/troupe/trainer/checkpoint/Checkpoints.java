package dev.troupe.trainer.checkpoint;

import dev.troupe.policy.DecoderConfig;
import dev.troupe.policy.PolicyOptions;
import dev.troupe.policy.TrainablePolicy;
import dev.troupe.runtime.artifact.Artifact;
import dev.troupe.runtime.artifact.ArtifactException;
import dev.troupe.runtime.artifact.ArtifactStore;
import dev.troupe.schemas.avro.ModelVersion;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes and reads the checkpoints of model versions: a Hugging Face directory with {@code optimizer.safetensors} and
 * {@code training_state.json} beside it. Directories are named by content, so a step that is repeated after a crash
 * finds its own files.
 */
public final class Checkpoints {
    private static final Logger LOGGER = LoggerFactory.getLogger(Checkpoints.class);
    static final String OPTIMIZER = "optimizer.safetensors";

    private final ArtifactStore store;
    private final Path root;
    private final PolicyOptions compute;

    /**
     * @param root of the store; nothing outside of it is ever removed
     * @param compute how loaded policies compute
     */
    public Checkpoints(ArtifactStore store, Path root, PolicyOptions compute) {
        this.store = store;
        this.compute = compute;
        this.root = root.toAbsolutePath().normalize();
    }

    /**
     * Publishes the directory a policy starts from, as it is.
     *
     * @throws IOException when it is not a checkpoint that can be trained, or the store cannot take it
     */
    public Artifact publishInitial(String policyId, Path directory) throws IOException, ArtifactException {
        // Loading it first: a version 0 that no agent can serve would stop everything.
        TrainablePolicy.load(directory, compute).close();
        return store.publish(directory, policyId);
    }

    /** What else belongs to a checkpoint. */
    @FunctionalInterface
    public interface Addition {
        void write(Path directory) throws IOException;
    }

    /** Publishes the present weights and optimizer of a policy. */
    public Artifact publish(TrainablePolicy policy, TrainingState state) throws IOException, ArtifactException {
        return publish(policy, state, List.of());
    }

    /** As {@link #publish(TrainablePolicy, TrainingState)}, with what else belongs to the checkpoint. */
    public Artifact publish(TrainablePolicy policy, TrainingState state, List<Addition> additions)
            throws IOException, ArtifactException {
        Path directory = Files.createTempDirectory("troupe-checkpoint-");
        try {
            policy.save(directory);
            policy.saveOptimizer(directory.resolve(OPTIMIZER));
            state.write(directory);
            for (Addition addition : additions) {
                addition.write(directory);
            }
            return store.publish(directory, state.policyId());
        } finally {
            delete(directory);
        }
    }

    /**
     * Loads a version with its optimizer; every file is checked against its digest first.
     *
     * @throws ArtifactException when a file is missing or not the one that was published
     */
    public Restored restore(ModelVersion version) throws IOException, ArtifactException {
        Path directory = store.fetch(version.getArtifactUri(), version.getFiles());
        TrainablePolicy policy = TrainablePolicy.load(directory, compute);
        try {
            if (version.getVersion() == 0) {
                return new Restored(policy, state(version, directory));
            }
            if (!Files.exists(directory.resolve(OPTIMIZER))) {
                throw new IOException(directory + ": " + OPTIMIZER
                        + " is missing, so training cannot go on from version " + version.getVersion());
            }
            policy.loadOptimizer(directory.resolve(OPTIMIZER));
            return new Restored(policy, state(version, directory));
        } catch (IOException | RuntimeException e) {
            policy.close();
            throw e;
        }
    }

    /**
     * What a version says without its weights, for a policy that is not trained.
     *
     * @throws ArtifactException as {@link #restore}
     */
    public Described describe(ModelVersion version) throws IOException, ArtifactException {
        Path directory = directory(version);
        return new Described(DecoderConfig.read(directory.resolve("config.json")), state(version, directory));
    }

    /**
     * Where the files of a version are, each checked against its digest.
     *
     * @throws ArtifactException as {@link #restore}
     */
    public Path directory(ModelVersion version) throws ArtifactException {
        return store.fetch(version.getArtifactUri(), version.getFiles());
    }

    private static TrainingState state(ModelVersion version, Path directory) throws IOException {
        return version.getVersion() == 0
                ? new TrainingState(version.getPolicyId(), 0, version.getTrainingStep(), 0)
                : TrainingState.read(directory);
    }

    /**
     * Removes the files of old versions: all but version 0 and the newest {@code keep}. Records stay in the log, so
     * that a version's origin can still be told; an agent that is asked for it refuses with a reason.
     *
     * @param history versions of one policy by number; those that are pruned are taken out of it
     */
    public void prune(NavigableMap<Integer, ModelVersion> history, int keep) {
        if (history.isEmpty()) {
            return;
        }
        var old = history.subMap(0, false, Math.max(history.lastKey() - keep, 0), true);
        var addresses = new HashSet<>(
                old.values().stream().map(ModelVersion::getArtifactUri).toList());
        old.clear();
        history.values().forEach(kept -> addresses.remove(kept.getArtifactUri()));
        for (String address : addresses) {
            Path directory = Path.of(URI.create(address)).normalize();
            if (directory.startsWith(root) && Files.exists(directory)) {
                delete(directory);
            }
        }
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            LOGGER.atWarn().addKeyValue("error", e.toString()).log("a checkpoint directory was not removed");
        }
    }

    /** A policy as it was when its version was published; the caller closes it. */
    public record Restored(TrainablePolicy policy, TrainingState state) {}

    /** The shape of a policy, and where training stood. */
    public record Described(DecoderConfig config, TrainingState state) {}
}
