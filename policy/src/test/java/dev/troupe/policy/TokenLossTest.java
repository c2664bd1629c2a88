package dev.troupe.policy;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class TokenLossTest {
    private final Samples samples = new Samples(11);

    /** The mean of all tokens' negative log-probabilities. */
    private static double meanNegativeLogProb(ScoredTokens tokens, TokenGradients gradients) {
        int count = 0;
        for (int sequence = 0; sequence < tokens.sequences(); sequence++) {
            count += tokens.length(sequence);
        }
        double sum = 0;
        for (int sequence = 0; sequence < tokens.sequences(); sequence++) {
            for (int token = 0; token < tokens.length(sequence); token++) {
                sum -= tokens.logprob(sequence, token) / count;
                gradients.byLogProb(sequence, token, -1.0 / count);
            }
        }
        return sum;
    }

    private static double entropy(ScoredTokens tokens, TokenGradients gradients) {
        double sum = 0;
        for (int sequence = 0; sequence < tokens.sequences(); sequence++) {
            for (int token = 0; token < tokens.length(sequence); token++) {
                sum += tokens.entropy(sequence, token);
                gradients.byEntropy(sequence, token, 1);
            }
        }
        return sum;
    }

    @Test
    void givesWhatTheEngineGives() {
        List<TrainingSequence> batch = samples.sequences(9);
        try (var ours = TrainablePolicy.initialize(Samples.TINY, 3);
                var engines = TrainablePolicy.initialize(Samples.TINY, 3)) {
            double value = ours.accumulate(batch, TokenLossTest::meanNegativeLogProb);
            double expected = engines.accumulate(batch, Samples::meanNegativeLogProb);

            assertThat(value).isCloseTo(expected, within(1e-5));
            Map<String, FloatTensor> wanted = engines.gradients();
            ours.gradients()
                    .forEach((name, gradient) -> assertThat(gradient.toArray())
                            .as(name)
                            .containsExactly(requireNonNull(wanted.get(name)).toArray(), within(1e-6f)));
        }
    }

    /** The first step of Adam goes along the signs of the gradient, so the loss falls by rate times its L1 norm. */
    @Test
    void followsTheGradientOfTheEntropy() {
        List<TrainingSequence> batch = samples.sequences(4);
        double rate = 1e-5;
        try (var policy = TrainablePolicy.initialize(Samples.TINY, 5)) {
            double before = policy.accumulate(batch, TokenLossTest::entropy);
            double norm = 0;
            for (FloatTensor gradient : policy.gradients().values()) {
                for (float value : gradient.toArray()) {
                    norm += Math.abs(value);
                }
            }
            policy.step(new AdamWOptions(rate, 0.9, 0.999, 1e-12, 0, 1e9));

            double after = policy.accumulate(batch, TokenLossTest::entropy);

            assertThat(norm).isPositive();
            assertThat(before - after).isCloseTo(rate * norm, Percentage.withPercentage(10));
        }
    }

    @Test
    void refusesAPlaceThatIsNoToken() {
        List<TrainingSequence> batch = samples.sequences(2);
        int length = batch.getFirst().completionLength();
        try (var policy = TrainablePolicy.initialize(Samples.TINY, 5)) {
            assertThatThrownBy(() -> policy.accumulate(batch, (tokens, gradients) -> tokens.logprob(0, length)))
                    .isInstanceOf(IndexOutOfBoundsException.class)
                    .hasMessageContaining("not a token " + length);
        }
    }
}
