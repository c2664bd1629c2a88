package dev.troupe.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class TokenSamplerTest {
    private static final float[] PROBABILITIES = {9, 0.1f, 0, 0.4f, 0.3f, 0.2f, 9};
    private static final int DRAWS = 20_000;
    private static final Offset<Double> FIVE_SIGMA = within(0.02);

    @Test
    void drawsInProportion() {
        assertThat(frequencies(new SamplingParams(1, 1, 0, 1)))
                .containsExactly(new double[] {0.1, 0, 0.4, 0.3, 0.2}, FIVE_SIGMA);
    }

    @Test
    void topKKeepsTheMostLikely() {
        assertThat(frequencies(new SamplingParams(1, 1, 2, 1)))
                .containsExactly(new double[] {0, 0, 4 / 7.0, 3 / 7.0, 0}, FIVE_SIGMA);
        assertThat(frequencies(new SamplingParams(1, 1, 99, 1)))
                .containsExactly(new double[] {0.1, 0, 0.4, 0.3, 0.2}, FIVE_SIGMA);
    }

    @Test
    void topPKeepsTheSmallestSetThatReachesIt() {
        assertThat(frequencies(new SamplingParams(1, 0.39, 0, 1)))
                .containsExactly(new double[] {0, 0, 1, 0, 0}, FIVE_SIGMA);
        assertThat(frequencies(new SamplingParams(1, 0.69, 0, 1)))
                .containsExactly(new double[] {0, 0, 4 / 7.0, 3 / 7.0, 0}, FIVE_SIGMA);
    }

    @Test
    void topPCountsWithinTopK() {
        // 0.4 / 0.7 reaches 0.5 alone
        assertThat(frequencies(new SamplingParams(1, 0.5, 2, 1)))
                .containsExactly(new double[] {0, 0, 1, 0, 0}, FIVE_SIGMA);
    }

    @Test
    void greedyTakesTheFirstOfTheMostLikely() {
        var sampler = new TokenSampler(SamplingParams.greedy(1), 0);

        assertThat(sampler.draw(new float[] {0.2f, 0.4f, 0.4f}, 0, 3)).isEqualTo(1);
    }

    @Test
    void neverDrawsWhatIsImpossibleWhenRoundingLeavesARest() {
        var sampler = new TokenSampler(new SamplingParams(1, 1, 0, 1), 3);

        for (int i = 0; i < 100; i++) {
            assertThat(sampler.draw(new float[] {0.01f, 0.01f, 0}, 0, 3)).isLessThan(2);
        }
    }

    @Test
    void aSeedDecidesTheDraws() {
        var seeds = new SplittableRandom(5);
        for (int i = 0; i < 20; i++) {
            long seed = seeds.nextLong();
            var first = new TokenSampler(new SamplingParams(1, 0.9, 0, 1), seed);
            var second = new TokenSampler(new SamplingParams(1, 0.9, 0, 1), seed);
            for (int draw = 0; draw < 20; draw++) {
                assertThat(first.draw(PROBABILITIES, 1, 5)).isEqualTo(second.draw(PROBABILITIES, 1, 5));
            }
        }
    }

    private static double[] frequencies(SamplingParams params) {
        var sampler = new TokenSampler(params, 11);
        int[] counts = new int[5];
        for (int i = 0; i < DRAWS; i++) {
            counts[sampler.draw(PROBABILITIES, 1, 5)]++;
        }
        double[] frequencies = new double[5];
        for (int i = 0; i < 5; i++) {
            frequencies[i] = counts[i] / (double) DRAWS;
        }
        return frequencies;
    }
}
