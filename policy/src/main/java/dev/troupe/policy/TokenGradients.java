package dev.troupe.policy;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The derivatives of a loss by what a policy says of each completion token; see {@link ScoredTokens}. */
public final class TokenGradients {
    private final TokenPlaces places;
    private final float[] byLogProb;
    private float @Nullable [] byEntropy;

    TokenGradients(TokenPlaces places) {
        this.places = places;
        this.byLogProb = new float[places.tokens()];
    }

    public void byLogProb(int sequence, int token, double value) {
        byLogProb[places.of(sequence, token)] = (float) value;
    }

    public void byEntropy(int sequence, int token, double value) {
        if (byEntropy == null) {
            byEntropy = new float[places.tokens()];
        }
        byEntropy[places.of(sequence, token)] = (float) value;
    }

    /** (tokens), in the order of the places. */
    float[] byLogProb() {
        return byLogProb;
    }

    /** (tokens), when any was set. */
    Optional<float[]> byEntropy() {
        return Optional.ofNullable(byEntropy);
    }
}
