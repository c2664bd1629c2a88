package dev.troupe.agent.policy;

import dev.troupe.agent.decode.DecodeRequest;
import dev.troupe.agent.decode.Decoded;
import dev.troupe.agent.decode.Decoder;
import dev.troupe.agent.decode.HeldWeights;
import dev.troupe.policy.ChatTokenizer;
import dev.troupe.policy.Completion;
import dev.troupe.policy.GenerationRequest;
import dev.troupe.policy.PolicyOptions;
import dev.troupe.policy.ScriptCache;
import dev.troupe.policy.ServingPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A policy of a Hugging Face directory, sampled in this process. */
final class CheckpointPolicy implements TokenizedPolicy {
    private final ServingPolicy policy;
    private final ChatTokenizer tokenizer;
    private final Decoder decoder;

    private CheckpointPolicy(ServingPolicy policy, ChatTokenizer tokenizer, Decoder decoder) {
        this.policy = policy;
        this.tokenizer = tokenizer;
        this.decoder = decoder;
    }

    /** @throws IOException when the directory is not a checkpoint that can be served, naming the file and the fault */
    static CheckpointPolicy load(Path directory, PolicyOptions compute, ScriptCache scripts, Decoder decoder)
            throws IOException {
        ChatTokenizer tokenizer = ChatTokenizer.load(directory);
        try {
            ServingPolicy policy = ServingPolicy.load(directory, compute, scripts);
            if (tokenizer.size() > policy.config().vocabSize()) {
                policy.close();
                throw new IOException(directory + ": the tokenizer has " + tokenizer.size()
                        + " tokens, the model knows only " + policy.config().vocabSize());
            }
            return new CheckpointPolicy(policy, tokenizer, decoder);
        } catch (IOException | RuntimeException e) {
            tokenizer.close();
            throw e;
        }
    }

    @Override
    public ChatTokenizer tokenizer() {
        return tokenizer;
    }

    @Override
    public int maxPositions() {
        return policy.config().positions();
    }

    @Override
    public CompletableFuture<Sampled> complete(PolicyLease lease, DecodeRequest request) {
        CompletableFuture<Decoded> decoded = decoder.submit(new LeasedWeights(lease, policy), request);
        CompletableFuture<Sampled> sampled = decoded.thenApply(CheckpointPolicy::sampled);
        CompletableFuture<Sampled> _ = sampled.whenComplete((_, _) -> {
            if (sampled.isCancelled() && !decoded.cancel(true) && !decoded.isCompletedExceptionally()) {
                // It was done first, and nobody takes it.
                decoded.join().held().close();
            }
        });
        return sampled;
    }

    private static Sampled sampled(Decoded decoded) {
        var leased = (LeasedWeights) decoded.held();
        return new Sampled(leased.lease(), decoded.completion(), decoded.spans());
    }

    /** A lease of a version whose weights are decoded here. */
    private record LeasedWeights(PolicyLease lease, ServingPolicy weights) implements HeldWeights {
        @Override
        public int version() {
            return lease.version();
        }

        @Override
        public HeldWeights share() {
            return new LeasedWeights(lease.share(), weights);
        }

        @Override
        public boolean outdated() {
            return lease.isOutdated();
        }

        @Override
        public Optional<HeldWeights> successor() {
            return lease.successor().flatMap(LeasedWeights::of);
        }

        private static Optional<HeldWeights> of(PolicyLease lease) {
            if (lease.policy() instanceof CheckpointPolicy checkpoint) {
                return Optional.of(new LeasedWeights(lease, checkpoint.policy));
            }
            lease.close();
            return Optional.empty();
        }

        @Override
        public void close() {
            lease.close();
        }
    }

    /** Completes here and now; for a probe. */
    Completion complete(GenerationRequest request) {
        return policy.generate(List.of(request)).getFirst();
    }

    @Override
    public void close() {
        policy.close();
        tokenizer.close();
    }
}
