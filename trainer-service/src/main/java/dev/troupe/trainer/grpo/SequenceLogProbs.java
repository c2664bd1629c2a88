package dev.troupe.trainer.grpo;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.Optional;

/** The log-probabilities of one completion's tokens under the policies that a loss compares; natural logarithm. */
public final class SequenceLogProbs {
    private final double[] now;
    private final double[] old;
    private final Optional<double[]> reference;

    private SequenceLogProbs(double[] now, double[] old, Optional<double[]> reference) {
        this.now = now;
        this.old = old;
        this.reference = reference;
        if (old.length != now.length
                || reference.map(values -> values.length != now.length).orElse(false)) {
            throw new IllegalArgumentException("log-probabilities of %d, %d and %s tokens"
                    .formatted(
                            now.length,
                            old.length,
                            reference
                                    .map(values -> Integer.toString(values.length))
                                    .orElse("no")));
        }
    }

    /**
     * @param now of the policy that is trained
     * @param old of the policy before the step
     */
    public static SequenceLogProbs of(double[] now, double[] old) {
        return new SequenceLogProbs(now.clone(), old.clone(), Optional.empty());
    }

    /** The same with those of the policy that {@code beta} holds on to. */
    public SequenceLogProbs withReference(double[] values) {
        return new SequenceLogProbs(
                now, old, Optional.of(requireNonNull(values, "values is null").clone()));
    }

    public int size() {
        return now.length;
    }

    double now(int token) {
        return now[token];
    }

    /** The logarithm of the token's ratio. */
    double logRatio(int token) {
        return now[token] - old[token];
    }

    /** The sum of {@link #logRatio} over all tokens. */
    double logRatio() {
        double sum = 0;
        for (int token = 0; token < now.length; token++) {
            sum += logRatio(token);
        }
        return sum;
    }

    /** The policy's log-probability less the reference's. */
    double divergence(int token) {
        return now[token]
                - reference
                        .orElseThrow(() -> new IllegalStateException("beta is not 0, and there is no reference"))[
                        token];
    }

    @Override
    public String toString() {
        return "now %s, old %s".formatted(Arrays.toString(now), Arrays.toString(old));
    }
}
