package dev.troupe.policy;

import java.util.Arrays;
import java.util.Optional;

/** A request and what has been sampled for it so far. */
final class SampledSequence {
    private final GenerationRequest request;
    private final DecoderConfig config;
    private final TokenSampler sampler;
    private final int limit;
    private final int[] tokens;
    private final float[] logprobs;
    private int count;
    private boolean stopped;

    SampledSequence(GenerationRequest request, DecoderConfig config) {
        this.request = request;
        this.config = config;
        this.sampler = new TokenSampler(request.sampling(), request.seed());
        this.limit = Math.min(
                request.sampling().maxCompletionLength(),
                RopeTable.positions(config) - request.prompt().size());
        this.tokens = new int[limit];
        this.logprobs = new float[limit];
    }

    /** The prompt and what has been drawn behind it. */
    TokenIds context() {
        return count == 0 ? request.prompt() : request.prompt().concat(TokenIds.owning(Arrays.copyOf(tokens, count)));
    }

    TokenIds prompt() {
        return request.prompt();
    }

    /** Tokens drawn so far. */
    int drawn() {
        return count;
    }

    Optional<String> adapter() {
        return request.adapter();
    }

    float inverseTemperature() {
        double temperature = request.sampling().temperature();
        return temperature == 0 ? 1f : (float) (1 / temperature);
    }

    boolean isFinished() {
        return stopped || count == limit;
    }

    /** Draws the next token from the softmax row that starts at {@code from}. */
    void sample(float[] probabilities, int from) {
        int token = sampler.draw(probabilities, from, config.vocabSize());
        tokens[count] = token;
        logprobs[count++] = (float) Math.log(probabilities[from + token]);
        stopped = config.eosTokenIds().contains(token);
    }

    /** Of the prompt as long as nothing is drawn. */
    int lastToken() {
        return count == 0 ? request.prompt().get(request.prompt().size() - 1) : tokens[count - 1];
    }

    /** The position of the last token in its sequence, counted from 0. */
    int lastPosition() {
        return request.prompt().size() + count - 1;
    }

    Completion completion() {
        return new Completion(
                TokenIds.owning(Arrays.copyOf(tokens, count)),
                LogProbs.owning(Arrays.copyOf(logprobs, count)),
                stopped ? FinishReason.STOP : FinishReason.LENGTH);
    }
}
