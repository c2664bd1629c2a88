package dev.troupe.trainer.grpo;

import static dev.troupe.trainer.grpo.GoldenVectors.ADVANTAGES;
import static dev.troupe.trainer.grpo.GoldenVectors.LENGTHS;
import static dev.troupe.trainer.grpo.GoldenVectors.LOGPROBS;
import static dev.troupe.trainer.grpo.GoldenVectors.OLD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReferenceLossTest {
    private static final double PRINTED = 1e-10;

    @ParameterizedTest
    @CsvSource({
        "GRPO,    0.2,  0.0516762184, 0.4740455617",
        "BNPO,    0.2, -0.0662531333, 0.4884578534",
        "DAPO,    0.2, -0.0662531333, 0.4884578534",
        "DR_GRPO, 0.2, -0.0269153354, 0.1984360029",
        "DAPO,   0.28, -0.0737240723, 0.5636211000"
    })
    void givesTrlsLossAndGradient(LossType type, double epsilonHigh, double expected, double expectedGradient) {
        var loss = new ReferenceLoss(0.2, epsilonHigh);
        double sum = 0;
        double gradient = 0;
        for (int row = 0; row < LENGTHS.length; row++) {
            double weight = GoldenVectors.weight(type, row);
            for (int t = 0; t < LENGTHS[row]; t++) {
                sum += weight * loss.loss(LOGPROBS[row][t], OLD[row][t], ADVANTAGES[row]);
                gradient += Math.abs(weight * loss.gradient(LOGPROBS[row][t], OLD[row][t], ADVANTAGES[row]));
            }
        }
        assertThat(sum).isCloseTo(expected, within(PRINTED));
        assertThat(gradient).isCloseTo(expectedGradient, within(PRINTED));
    }

    @Test
    void countsClippedTokensAsTrlDoes() {
        var loss = new ReferenceLoss(0.2, 0.2);
        int clipped = 0;
        for (int row = 0; row < LENGTHS.length; row++) {
            for (int t = 0; t < LENGTHS[row]; t++) {
                clipped += loss.isClipped(LOGPROBS[row][t], OLD[row][t], ADVANTAGES[row]) ? 1 : 0;
            }
        }
        assertThat((double) clipped / GoldenVectors.TOKENS).isCloseTo(0.3846, within(5e-5));
    }

    @Test
    void hasTheGradientOfItsLoss() {
        var loss = new ReferenceLoss(0.2, 0.28);
        double h = 1e-6;
        for (double advantage : new double[] {-1.3, -0.1, 0, 0.4, 2}) {
            for (double logprob = -3; logprob < 0; logprob += 0.17) {
                double numeric =
                        (loss.loss(logprob + h, -1.4, advantage) - loss.loss(logprob - h, -1.4, advantage)) / (2 * h);
                assertThat(loss.gradient(logprob, -1.4, advantage)).isCloseTo(numeric, within(1e-6));
            }
        }
    }

    @Test
    void isReinforceOnPolicy() {
        var loss = new ReferenceLoss(0.2, 0.2);
        assertThat(loss.gradient(-0.7, -0.7, 1.5)).isEqualTo(-1.5);
        assertThat(loss.isClipped(-0.7, -0.7, 1.5)).isFalse();
    }
}
