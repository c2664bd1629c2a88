package dev.troupe.agent.openai;

import dev.troupe.agent.decode.DecodeRequest;
import dev.troupe.agent.policy.CompletionRefusedException;
import dev.troupe.agent.policy.PolicyLease;
import dev.troupe.agent.policy.Sampled;
import dev.troupe.agent.policy.TokenizedPolicy;
import dev.troupe.policy.ChatTokenizer;
import dev.troupe.policy.SamplingParams;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A version that servers sample; its tokenizer is here, so that both sides speak of the same tokens. */
final class OpenAiPolicy implements TokenizedPolicy {
    private final OpenAiServers servers;
    private final ServedModel model;
    private final ChatTokenizer tokenizer;
    private final ReplyCheck check;
    private final Limits limits;

    /**
     * What the servers can do for this version.
     *
     * @param maxPositions most tokens of prompt and completion
     * @param logprobs what the log-probs are of
     * @param exact whether only a trainer's log-probs will do
     */
    record Limits(int maxPositions, LogprobsMode logprobs, boolean exact) {}

    OpenAiPolicy(OpenAiServers servers, ServedModel model, ChatTokenizer tokenizer, ReplyCheck check, Limits limits) {
        this.servers = servers;
        this.model = model;
        this.tokenizer = tokenizer;
        this.check = check;
        this.limits = limits;
    }

    @Override
    public ChatTokenizer tokenizer() {
        return tokenizer;
    }

    @Override
    public int maxPositions() {
        return limits.maxPositions();
    }

    @Override
    public CompletableFuture<Sampled> complete(PolicyLease lease, DecodeRequest request) {
        SamplingParams sampling = request.generation().sampling();
        Optional<String> mismatch = limits.exact() ? limits.logprobs().mismatch(sampling) : Optional.empty();
        if (mismatch.isPresent()) {
            lease.close();
            return CompletableFuture.failedFuture(new CompletionRefusedException("LOGPROBS_MODE: " + mismatch.get()
                    + "; or set agent.openai.exact.logprobs = false where nothing is trained"));
        }
        int room = limits.maxPositions() - request.generation().prompt().size();
        int maxTokens = Math.min(sampling.maxCompletionLength(), room);
        return servers.sample(lease, () -> servers.sampler().complete(model, request, maxTokens, check));
    }

    /** The adapter leaves the servers when nobody else uses it. */
    @Override
    public void close() {
        model.adapter().ifPresent(servers.fleet()::release);
        tokenizer.close();
    }
}
