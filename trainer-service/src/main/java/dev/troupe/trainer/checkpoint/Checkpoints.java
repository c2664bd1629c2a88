package dev.troupe.trainer.checkpoint;

import dev.troupe.policy.DecoderConfig;
import dev.troupe.policy.PolicyOptions;
import dev.troupe.policy.TrainablePolicy;
import dev.troupe.runtime.artifact.Artifact;
import dev.troupe.runtime.artifact.ArtifactException;
import dev.troupe.runtime.artifact.ArtifactStore;
import dev.troupe.runtime.artifact.OpenArtifact;
import dev.troupe.runtime.artifact.PendingArtifact;
import dev.troupe.schemas.avro.ModelVersion;
import dev.troupe.trainer.fault.StepListener;
import dev.troupe.trainer.fault.StepPoint;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes and reads the checkpoints of model versions: a Hugging Face directory with the folder {@code optimizer} and
 * {@code training_state.json} beside it, and the directory {@code reference} below it where the reference policy moves.
 * Directories are named by content, so a step that is repeated after a crash finds its own files.
 */
public final class Checkpoints {
    private static final Logger LOGGER = LoggerFactory.getLogger(Checkpoints.class);
    /** In a folder of its own: vLLM takes every safetensors file beside the model for a part of it. */
    static final String OPTIMIZER = "optimizer/optimizer.safetensors";

    /** Below, not beside: servers load every safetensors file that they find in a checkpoint's directory. */
    static final String REFERENCE = "reference";

    /** One that no record has named for so long never will be. */
    private static final Duration ORPHANED = Duration.ofDays(1);

    private final ArtifactStore source;
    private final ArtifactStore store;
    private final PolicyOptions compute;
    private final StepListener listener;
    private final Pruner pruner;

    /** @param compute how loaded policies compute */
    public Checkpoints(ArtifactStore store, PolicyOptions compute, StepListener listener) {
        this(store, store, compute, listener);
    }

    private Checkpoints(ArtifactStore source, ArtifactStore store, PolicyOptions compute, StepListener listener) {
        this.source = source;
        this.store = store;
        this.compute = compute;
        this.listener = listener;
        this.pruner = new Pruner(store);
    }

    /** Reads what is published in a store, writes the very same files elsewhere, and removes nothing but those. */
    public static Checkpoints copies(ArtifactStore published, ArtifactStore elsewhere, PolicyOptions compute) {
        return new Checkpoints(published, elsewhere, compute, StepListener.NONE);
    }

    /**
     * Publishes the directory a policy starts from, as it is.
     *
     * @throws IOException when it is not a checkpoint that can be trained, or the store cannot take it
     */
    public Artifact publishInitial(String policyId, Path directory) throws IOException, ArtifactException {
        // Loading it first: a version 0 that no agent can serve would stop everything.
        TrainablePolicy.load(directory, compute).close();
        Artifact artifact = stored(directory, policyId);
        listener.reached(StepPoint.FIRST_VERSION_STORED, 0);
        return artifact;
    }

    /** What else belongs to a checkpoint. */
    @FunctionalInterface
    public interface Addition {
        void write(Path directory) throws IOException;
    }

    /**
     * Publishes the present weights and optimizer of a policy.
     *
     * @param reference when it is another one than the version began with
     * @param additions what else belongs to the checkpoint
     */
    public Artifact publish(
            TrainablePolicy policy, Optional<TrainablePolicy> reference, TrainingState state, List<Addition> additions)
            throws IOException, ArtifactException {
        Path directory = Files.createTempDirectory("troupe-checkpoint-");
        try {
            policy.save(directory);
            Files.createDirectory(directory.resolve(OPTIMIZER).getParent());
            policy.saveOptimizer(directory.resolve(OPTIMIZER));
            if (reference.isPresent()) {
                reference.get().save(directory.resolve(REFERENCE));
            }
            state.write(directory);
            for (Addition addition : additions) {
                addition.write(directory);
            }
            listener.reached(StepPoint.CHECKPOINT_STAGED, state.step());
            Artifact artifact = stored(directory, state.policyId());
            listener.reached(StepPoint.CHECKPOINT_PUBLISHED, state.step());
            return artifact;
        } finally {
            ScratchDirectory.delete(directory);
        }
    }

    private Artifact stored(Path directory, String policyId) throws ArtifactException {
        Artifact artifact = store.publish(directory, policyId);
        store.markPending(artifact.uri());
        return artifact;
    }

    /**
     * Loads a version with its optimizer; every file is checked against its digest first.
     *
     * @throws ArtifactException when a file is missing or not the one that was published
     */
    public Restored restore(ModelVersion version) throws IOException, ArtifactException {
        try (OpenArtifact artifact = open(version)) {
            TrainablePolicy policy = TrainablePolicy.load(artifact.directory(), compute);
            try {
                return new Restored(policy, resumed(policy, version, artifact.directory()));
            } catch (IOException | RuntimeException e) {
                policy.close();
                throw e;
            }
        }
    }

    private TrainingState resumed(TrainablePolicy policy, ModelVersion version, Path directory) throws IOException {
        Optional<TrainingState> state = state(version, directory);
        if (state.isEmpty()) {
            return first(version);
        }
        if (!Files.exists(directory.resolve(OPTIMIZER))) {
            throw new IOException(directory + ": " + OPTIMIZER + " is missing, so training cannot go on from version "
                    + version.getVersion());
        }
        policy.loadOptimizer(directory.resolve(OPTIMIZER));
        return state.get();
    }

    private TrainingState first(ModelVersion version) {
        return TrainingState.first(
                version.getPolicyId(),
                version.getTrainingStep(),
                new Artifact(fromRoot(version.getArtifactUri()), version.getFiles()));
    }

    /**
     * What a version says without its weights, for a policy that is not trained.
     *
     * @throws ArtifactException as {@link #restore}
     */
    public Described describe(ModelVersion version) throws IOException, ArtifactException {
        try (OpenArtifact artifact = open(version)) {
            return new Described(
                    DecoderConfig.read(artifact.directory().resolve("config.json")),
                    state(version, artifact.directory()).orElseGet(() -> first(version)));
        }
    }

    /**
     * The files of a version, each checked against its digest.
     *
     * @throws ArtifactException as {@link #restore}
     */
    public OpenArtifact open(ModelVersion version) throws ArtifactException {
        return holder(version.getArtifactUri()).open(version.getArtifactUri(), version.getFiles());
    }

    /** What was published here lies here; all else where it is read from. */
    private ArtifactStore holder(String uri) {
        return uri.startsWith(store.root().toString()) ? store : source;
    }

    /** Empty for version 0, and for one that went back to it; where it began may hold the state of another policy. */
    private static Optional<TrainingState> state(ModelVersion version, Path directory) throws IOException {
        if (version.getVersion() == 0 || !Files.exists(directory.resolve(TrainingState.FILE))) {
            return Optional.empty();
        }
        return Optional.of(TrainingState.read(directory))
                .filter(state -> state.policyId().equals(version.getPolicyId()));
    }

    /** The newest of these versions whose files are all there, as they were published; this reads them. */
    public Optional<ModelVersion> newestWhole(NavigableMap<Integer, ModelVersion> history) {
        for (ModelVersion version : history.descendingMap().values()) {
            try {
                Path _ = holder(version.getArtifactUri()).fetch(version.getArtifactUri(), version.getFiles());
                return Optional.of(version);
            } catch (ArtifactException e) {
                LOGGER.atDebug()
                        .addKeyValue("policyVersion", version.getVersion())
                        .addKeyValue("error", e.getMessage())
                        .log("version is not whole");
            }
        }
        return Optional.empty();
    }

    /**
     * The reference policy that a version was published with, if it was published with one.
     *
     * @throws ArtifactException when a file is missing or not the one that was published
     */
    public Optional<TrainablePolicy> reference(ModelVersion version) throws IOException, ArtifactException {
        try (OpenArtifact artifact = open(version)) {
            Path reference = artifact.directory().resolve(REFERENCE);
            // What training began with may hold the reference of another training.
            boolean own = state(version, artifact.directory()).isPresent() && Files.exists(reference);
            return own ? Optional.of(TrainablePolicy.load(reference, compute)) : Optional.empty();
        }
    }

    /**
     * The policy that training began with.
     *
     * @throws ResumeException when the state does not say which, as those of earlier releases do not
     * @throws ArtifactException when a file is missing or not the one that was published
     */
    public TrainablePolicy initial(TrainingState state) throws IOException, ArtifactException {
        Artifact artifact = state.initial()
                .orElseThrow(() -> new ResumeException(
                        ResumeException.Reason.INITIAL_UNKNOWN,
                        ("grpo.beta needs the policy that training began with, and %s of version %d of %s does not name"
                                        + " it: an earlier release wrote it. Set grpo.beta to 0, or train on under"
                                        + " another policyId")
                                .formatted(TrainingState.FILE, state.version(), state.policyId())));
        String uri = source.root().resolve(artifact.uri()).toString();
        try (OpenArtifact opened = source.open(uri, artifact.files())) {
            return TrainablePolicy.load(opened.directory(), compute);
        }
    }

    /** An address below the root as seen from there, so that it is the same wherever the store lies. */
    private String fromRoot(String uri) {
        return source.root().relativize(URI.create(uri)).toString();
    }

    /**
     * Removes the files of versions that nobody needs. Records stay in the log, so that a version's origin can still be
     * told; an agent that is asked for it refuses with a reason. What the store will not let go is left for the next
     * time.
     *
     * @param history versions of one policy by number; those whose files are gone are taken out of it
     */
    public void prune(NavigableMap<Integer, ModelVersion> history, Collection<Integer> removable) {
        pruner.prune(history, removable);
    }

    /** Notes that versions are committed, so that their files are no orphans. */
    public void committed(Collection<ModelVersion> versions) {
        versions.forEach(version -> clearPending(version.getArtifactUri()));
    }

    private void clearPending(String uri) {
        attempt("the mark of a committed artifact was not removed", () -> store.clearPending(uri));
    }

    /**
     * Removes what a trainer of the policy left in the store a day ago or more, and that no version names. What has no
     * mark is not touched: another cluster may use the same store.
     *
     * @param history every version of the policy that the log holds
     */
    public void removeOrphans(String policyId, NavigableMap<Integer, ModelVersion> history, Instant now)
            throws ArtifactException {
        Set<String> named =
                history.values().stream().map(ModelVersion::getArtifactUri).collect(Collectors.toSet());
        for (PendingArtifact artifact : store.pending(policyId)) {
            if (named.contains(artifact.uri())) {
                clearPending(artifact.uri());
            } else if (artifact.since().plus(ORPHANED).isBefore(now)) {
                LOGGER.atInfo()
                        .addKeyValue("artifact", artifact.uri())
                        .log("removing a checkpoint that was never committed");
                remove(artifact.uri());
            }
        }
    }

    /** Removes what lies at an address of the store; it stays when the store will not, which the log tells. */
    public void remove(String address) {
        attempt("a checkpoint was not removed", () -> store.remove(address));
    }

    /** Something to be asked of the store that training does not hang on. */
    @FunctionalInterface
    private interface Request {
        void send() throws ArtifactException;
    }

    private static void attempt(String failed, Request request) {
        try {
            request.send();
        } catch (ArtifactException e) {
            LOGGER.atWarn().addKeyValue("error", e.getMessage()).log(failed);
        }
    }

    /** A policy as it was when its version was published; the caller closes it. */
    public record Restored(TrainablePolicy policy, TrainingState state) {}

    /** The shape of a policy, and where training stood. */
    public record Described(DecoderConfig config, TrainingState state) {}
}
