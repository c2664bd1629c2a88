package dev.troupe.agent.policy;

import static dev.troupe.agent.policy.PolicyLoadException.Reason.CHECKPOINT;
import static dev.troupe.agent.policy.PolicyLoadException.Reason.PROBE;

import dev.troupe.agent.decode.Decoder;
import dev.troupe.policy.ChatMessage;
import dev.troupe.policy.Completion;
import dev.troupe.policy.GenerationRequest;
import dev.troupe.policy.PolicyOptions;
import dev.troupe.policy.SamplingParams;
import dev.troupe.policy.ScriptCache;
import dev.troupe.runtime.artifact.ArtifactException;
import dev.troupe.runtime.artifact.ArtifactStore;
import dev.troupe.runtime.artifact.OpenArtifact;
import dev.troupe.schemas.avro.ModelVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Loads versions from the artifact store: every digest is checked, and one prompt is answered before it counts. */
public final class ArtifactPolicyLoader implements PolicyLoader {
    private static final int PROBE_TOKENS = 4;

    private final ArtifactStore store;
    private final PolicyOptions compute;
    private final Decoder decoder;
    private final ScriptCache scripts = new ScriptCache();

    /** @param decoder decodes what the loaded versions complete */
    public ArtifactPolicyLoader(ArtifactStore store, PolicyOptions compute, Decoder decoder) {
        this.store = store;
        this.compute = compute;
        this.decoder = decoder;
    }

    @Override
    public FetchedVersion fetch(ModelVersion version) throws PolicyLoadException {
        try {
            return new Opened(store.open(version.getArtifactUri(), version.getFiles()));
        } catch (ArtifactException e) {
            throw PolicyLoadException.of(e);
        }
    }

    /** Open until the policy is in memory: a cache that is full must not take the files away meanwhile. */
    private final class Opened implements FetchedVersion {
        private final OpenArtifact artifact;

        Opened(OpenArtifact artifact) {
            this.artifact = artifact;
        }

        @Override
        public LoadedPolicy load() throws PolicyLoadException {
            CheckpointPolicy policy = read(artifact.directory());
            try {
                probe(policy);
                return policy;
            } catch (PolicyLoadException | RuntimeException e) {
                policy.close();
                throw e instanceof PolicyLoadException known
                        ? known
                        : new PolicyLoadException(PROBE, "sampling failed: " + e.getMessage(), e);
            }
        }

        @Override
        public void close() {
            artifact.close();
        }
    }

    private CheckpointPolicy read(Path directory) throws PolicyLoadException {
        try {
            return CheckpointPolicy.load(directory, compute, scripts, decoder);
        } catch (IOException | RuntimeException e) {
            // The engine reports what it cannot take as unchecked exceptions; the loader's thread must outlive them.
            throw new PolicyLoadException(CHECKPOINT, String.valueOf(e.getMessage()), e);
        }
    }

    private static void probe(CheckpointPolicy policy) throws PolicyLoadException {
        var prompt = policy.encodeChat(List.of(ChatMessage.user("Hello")));
        // Temperature 1: a model whose numbers are not finite cannot hide behind an argmax.
        var sampling = new SamplingParams(1, 1, 0, PROBE_TOKENS);
        Completion completion = policy.complete(new GenerationRequest(prompt, sampling, 0));
        for (int i = 0; i < completion.logprobs().size(); i++) {
            if (!Float.isFinite(completion.logprobs().get(i))) {
                throw new PolicyLoadException(PROBE, "a log-probability is not finite: the weights are broken");
            }
        }
    }

    @Override
    public void close() {
        scripts.close();
    }
}
