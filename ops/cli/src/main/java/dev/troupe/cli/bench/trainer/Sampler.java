package dev.troupe.cli.bench.trainer;

import dev.troupe.policy.Completion;
import dev.troupe.policy.GenerationRequest;
import dev.troupe.policy.PolicyOptions;
import dev.troupe.policy.SamplingParams;
import dev.troupe.policy.ScriptCache;
import dev.troupe.policy.ServingPolicy;
import dev.troupe.policy.TokenIds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An agent's policy, loaded anew for each version. Used by one thread at a time. */
final class Sampler implements AutoCloseable {

    private final PolicyOptions compute;
    private final List<TokenIds> prompts;
    private final SamplingParams sampling;
    private final ScriptCache scripts = new ScriptCache();
    private long seed;
    private @Nullable ServingPolicy policy;

    Sampler(GrpoSize size, PolicyOptions compute) {
        this.compute = compute;
        this.prompts = Rollouts.prompts(size.config().vocabSize());
        this.sampling = new SamplingParams(1, 1, 0, size.newTokens());
    }

    /** Completes the prompts with the weights of this directory, which is not needed afterwards. */
    Rollouts sample(Path weights) throws IOException {
        release();
        var loaded = ServingPolicy.load(weights, compute, scripts);
        policy = loaded;
        var requests = new ArrayList<GenerationRequest>();
        for (TokenIds prompt : prompts) {
            requests.add(new GenerationRequest(prompt, sampling, seed++));
        }
        List<Completion> completions = loaded.generate(requests);
        var scored = new ArrayList<Rollouts.Scored>();
        for (int i = 0; i < prompts.size(); i++) {
            Completion completion = completions.get(i);
            scored.add(Rollouts.Scored.of(prompts.get(i), completion.tokens(), completion.logprobs()));
        }
        return new Rollouts(scored);
    }

    @Override
    public void close() {
        release();
        scripts.close();
    }

    private void release() {
        if (policy != null) {
            policy.close();
            policy = null;
        }
    }
}
