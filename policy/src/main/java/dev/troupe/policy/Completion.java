package dev.troupe.policy;

import static java.util.Objects.requireNonNull;

/**
 * What a policy sampled for one request.
 *
 * @param tokens the sampled ids, with the end-of-sequence id when that was sampled
 * @param logprobs of each sampled token under softmax(logits / temperature); top-k and top-p do not enter, so a trainer
 *     recomputes the same numbers
 * @param finishReason why sampling ended
 */
public record Completion(TokenIds tokens, LogProbs logprobs, FinishReason finishReason) {
    public Completion {
        requireNonNull(tokens, "tokens is null");
        requireNonNull(logprobs, "logprobs is null");
        requireNonNull(finishReason, "finishReason is null");
        if (tokens.size() != logprobs.size()) {
            throw new IllegalArgumentException(
                    "tokens and logprobs differ in length: " + tokens.size() + " and " + logprobs.size());
        }
    }
}
