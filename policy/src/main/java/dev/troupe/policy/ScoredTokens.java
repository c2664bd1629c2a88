package dev.troupe.policy;

import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a policy says of the completion tokens of a batch, by sequence in the order of the call and token from 0. Valid
 * only while the {@link TokenLoss} runs.
 */
public final class ScoredTokens {
    private final TokenPlaces places;
    private final float[] logprobs;
    private final Supplier<float[]> entropySource;
    private float @Nullable [] entropies;

    /** @param entropySource asked at most once */
    ScoredTokens(TokenPlaces places, float[] logprobs, Supplier<float[]> entropySource) {
        this.places = places;
        this.logprobs = logprobs;
        this.entropySource = entropySource;
    }

    public int sequences() {
        return places.sequences();
    }

    /** Completion tokens of a sequence. */
    public int length(int sequence) {
        return places.length(sequence);
    }

    /** The natural log-probability of a token under softmax(logits / temperature). */
    public double logprob(int sequence, int token) {
        return logprobs[places.of(sequence, token)];
    }

    /** All log-probabilities of a sequence as the engine computed them. */
    LogProbs row(int sequence) {
        int from = places.from(sequence);
        return LogProbs.owning(Arrays.copyOfRange(logprobs, from, from + length(sequence)));
    }

    /** All log-probabilities of a sequence. */
    public double[] logprobs(int sequence) {
        double[] values = new double[length(sequence)];
        for (int token = 0; token < values.length; token++) {
            values[token] = logprob(sequence, token);
        }
        return values;
    }

    /** The entropy in nats of the distribution that a token was drawn from. */
    public double entropy(int sequence, int token) {
        if (entropies == null) {
            entropies = entropySource.get();
        }
        return entropies[places.of(sequence, token)];
    }
}
