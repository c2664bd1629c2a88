package dev.troupe.trainer.grpo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClippedLossTest {
    private static final double SINGLE_PRECISION = 1e-6;

    /** What the loss gives for the golden vectors. */
    private record Result(double loss, double gradient) {}

    @ParameterizedTest
    @CsvSource({
        "GRPO,    0.2,  0.0516762184, 0.4740455617",
        "BNPO,    0.2, -0.0662531333, 0.4884578534",
        "DAPO,    0.2, -0.0662531333, 0.4884578534",
        "DR_GRPO, 0.2, -0.0269153354, 0.1984360029",
        "DAPO,   0.28, -0.0737240723, 0.5636211000"
    })
    void givesTrlsLossAndGradient(LossType type, double epsilonHigh, double expected, double expectedGradient) {
        Result result = compute(type, epsilonHigh, GoldenVectors.LOGPROBS);
        assertThat(result.loss()).isCloseTo(expected, within(SINGLE_PRECISION));
        assertThat(result.gradient()).isCloseTo(expectedGradient, within(SINGLE_PRECISION));
    }

    @Test
    void doesNotSeeThePadding() {
        double[][] poisoned =
                Arrays.stream(GoldenVectors.LOGPROBS).map(double[]::clone).toArray(double[][]::new);
        poisoned[1][3] = 1e4;
        poisoned[3][2] = -1e4;
        assertThat(compute(LossType.DAPO, 0.2, poisoned))
                .isEqualTo(compute(LossType.DAPO, 0.2, GoldenVectors.LOGPROBS));
    }

    private static Result compute(LossType type, double epsilonHigh, double[][] logprobs) {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray leaf = array(manager, logprobs);
            leaf.setRequiresGradient(true);
            float[] mask = new float[16];
            float[] weights = new float[16];
            for (int row = 0; row < 4; row++) {
                for (int t = 0; t < GoldenVectors.LENGTHS[row]; t++) {
                    mask[row * 4 + t] = 1;
                    weights[row * 4 + t] = (float) GoldenVectors.weight(type, row);
                }
            }
            NDArray advantages =
                    array(manager, new double[][] {GoldenVectors.ADVANTAGES}).reshape(4, 1);
            try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
                NDArray loss = new ClippedLoss(0.2, epsilonHigh)
                        .loss(
                                leaf,
                                array(manager, GoldenVectors.OLD),
                                advantages,
                                manager.create(mask, new Shape(4, 4)),
                                manager.create(weights, new Shape(4, 4)));
                collector.backward(loss);
                return new Result(
                        loss.getFloat(), leaf.getGradient().abs().sum().getFloat());
            }
        }
    }

    private static NDArray array(NDManager manager, double[][] rows) {
        float[] cells = new float[rows.length * rows[0].length];
        int next = 0;
        for (double[] row : rows) {
            for (double cell : row) {
                cells[next++] = (float) cell;
            }
        }
        return manager.create(cells, new Shape(rows.length, rows[0].length));
    }
}
