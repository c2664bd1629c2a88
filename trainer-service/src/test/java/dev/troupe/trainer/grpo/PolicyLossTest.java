package dev.troupe.trainer.grpo;

import static dev.troupe.trainer.grpo.GoldenVectors.ADVANTAGES;
import static dev.troupe.trainer.grpo.GoldenVectors.LENGTHS;
import static dev.troupe.trainer.grpo.GoldenVectors.LOGPROBS;
import static dev.troupe.trainer.grpo.ImportanceSamplingLevel.SEQUENCE;
import static dev.troupe.trainer.grpo.ImportanceSamplingLevel.TOKEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.troupe.trainer.grpo.PolicyLoss.Clip;
import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class PolicyLossTest {
    /** TRL's results were printed with ten digits. */
    private static final double PRINTED = 1e-10;
    /** Log-probabilities come from the policy in single precision. */
    private static final double SINGLE = 1e-6;

    /** Losses with a factor that is not differentiated. */
    private static final Set<LossType> HELD = Set.of(LossType.CISPO, LossType.VESPO, LossType.REINFORCE);

    /** What a loss gives for the golden vectors: the weighted sum, and the L1 norm of its gradient. */
    private record Result(double loss, double gradient) {}

    @ParameterizedTest
    @CsvSource({
        "GRPO,    TOKEN,    0.2,    0.2,     , 0.0516762184, 0.4740455617",
        "BNPO,    TOKEN,    0.2,    0.2,     , -0.0662531333, 0.4884578534",
        "DAPO,    TOKEN,    0.2,    0.2,     , -0.0662531333, 0.4884578534",
        "DR_GRPO, TOKEN,    0.2,    0.2,     , -0.0269153354, 0.1984360029",
        "DAPO,    TOKEN,    0.2,    0.28,    , -0.0737240723, 0.5636211000",
        "GRPO,    SEQUENCE, 0.0003, 0.0004,  , 0.0386111176, 0.4941678874",
        "GRPO,    SEQUENCE, 0.2,    0.2,     , 0.0120325609, 0.6358114440",
        "CISPO,   TOKEN,    0.2,    5.0,     , 0.1635754219, 0.7449324790",
        "SAPO,    TOKEN,    0.2,    0.2,     , -0.0081883615, 0.6716759707",
        "LUSPO,   SEQUENCE, 0.2,    0.2,     , -0.3357917587, 2.2393237735",
        "VESPO,   TOKEN,    0.2,    0.2,     , 0.0965110225, 0.6691690526",
        "DAPO,    TOKEN,    0.2,    0.2,  1.5, -0.0935093395, 0.3342785703"
    })
    void givesTrlsLossAndGradient(
            LossType type,
            ImportanceSamplingLevel level,
            double epsilon,
            double epsilonHigh,
            Double delta,
            double expected,
            double expectedGradient) {
        var options = new LossOptions(type, level, epsilon, epsilonHigh, optional(delta), 0, KlEstimator.K3, true);
        Result result = compute(options);
        Result single = computeInSinglePrecision(options);

        assertThat(result.loss()).isCloseTo(expected, within(PRINTED));
        assertThat(result.gradient()).isCloseTo(expectedGradient, within(PRINTED));
        assertThat(single.loss()).isCloseTo(expected, within(SINGLE));
        assertThat(single.gradient()).isCloseTo(expectedGradient, within(SINGLE));
    }

    @ParameterizedTest
    @CsvSource({
        "GRPO, false, 0.0524191709,  0",
        "DAPO, false, -0.0656588990, 0.4911483503",
        "DAPO, true,  -0.0656507248, 0.4918583454"
    })
    void givesTrlsLossWithADivergence(LossType type, boolean biasCorrection, double expected, double expectedGradient) {
        var options =
                new LossOptions(type, TOKEN, 0.2, 0.2, OptionalDouble.empty(), 0.04, KlEstimator.K3, biasCorrection);
        Result result = compute(options);
        Result single = computeInSinglePrecision(options);

        assertThat(result.loss()).isCloseTo(expected, within(PRINTED));
        assertThat(single.loss()).isCloseTo(expected, within(SINGLE));
        if (expectedGradient != 0) {
            assertThat(result.gradient()).isCloseTo(expectedGradient, within(PRINTED));
            assertThat(single.gradient()).isCloseTo(expectedGradient, within(SINGLE));
        }
    }

    @Test
    void countsClipsAsTrlDoes() {
        assertThat(share(LossOptions.defaults(), Clip.LOW)).isCloseTo(0.1538, within(5e-5));
        assertThat(share(LossOptions.defaults(), Clip.HIGH)).isCloseTo(0.2308, within(5e-5));
    }

    /** All that hold nothing without gradient. */
    static Stream<LossOptions> differentiable() {
        return Stream.of(LossType.values())
                .filter(type -> !HELD.contains(type))
                .flatMap(type -> Stream.of(ImportanceSamplingLevel.values())
                        .flatMap(level -> Stream.of(KlEstimator.values())
                                .flatMap(kl -> Stream.of(true, false)
                                        .map(bias -> new LossOptions(
                                                type,
                                                level,
                                                0.2,
                                                0.28,
                                                bias ? OptionalDouble.of(1.6) : OptionalDouble.empty(),
                                                0.3,
                                                kl,
                                                bias)))));
    }

    @ParameterizedTest
    @MethodSource("differentiable")
    void hasTheGradientOfItsLoss(LossOptions options) {
        var draw = new Draw();
        var loss = new PolicyLoss(options);
        double h = 1e-6;
        for (int round = 0; round < 20; round++) {
            draw.again();
            TokenLosses losses = loss.of(draw.moved(0, 0), draw.advantage, draw.weights);
            for (int t = 0; t < losses.size(); t++) {
                double numeric =
                        (loss.of(draw.moved(t, h), draw.advantage, draw.weights).sum()
                                        - loss.of(draw.moved(t, -h), draw.advantage, draw.weights)
                                                .sum())
                                / (2 * h);
                assertThat(losses.gradient(t))
                        .as("%s, round %d, token %d, %s", draw, round, t, options)
                        .isCloseTo(numeric, within(1e-5));
            }
        }
    }

    /** These are a factor without gradient times the log-probability. */
    @ParameterizedTest
    @EnumSource(
            value = LossType.class,
            names = {"CISPO", "VESPO", "REINFORCE"})
    void holdsItsFactor(LossType type) {
        var draw = new Draw();
        var loss = new PolicyLoss(LossOptions.defaults().withType(type));
        for (int round = 0; round < 20; round++) {
            draw.again();
            TokenLosses losses = loss.of(draw.moved(0, 0), draw.advantage, draw.weights);
            for (int t = 0; t < losses.size(); t++) {
                assertThat(losses.gradient(t))
                        .as("%s, round %d, token %d", draw, round, t)
                        .isCloseTo(losses.value(t) / draw.now[t], within(1e-12));
            }
        }
    }

    /** Random log-probabilities, their seed in its text. */
    private static final class Draw {
        private static final int TOKENS = 5;

        private final long seed = System.nanoTime();
        private final Random random = new Random(seed);
        private double[] now = {};
        private double[] old = {};
        private double[] reference = {};
        private double[] weights = {};
        private double advantage;

        void again() {
            advantage = random.nextGaussian();
            now = random.doubles(TOKENS, -3, -0.01).toArray();
            old = Arrays.stream(now)
                    .map(value -> value + 0.4 * random.nextGaussian())
                    .toArray();
            reference = random.doubles(TOKENS, -3, -0.01).toArray();
            weights = random.doubles(TOKENS, 0, 2).toArray();
        }

        SequenceLogProbs moved(int token, double by) {
            double[] moved = now.clone();
            moved[token] += by;
            return SequenceLogProbs.of(moved, old).withReference(reference);
        }

        @Override
        public String toString() {
            return "seed " + seed;
        }
    }

    @ParameterizedTest
    @EnumSource(LossType.class)
    void isReinforceOnPolicy(LossType type) {
        double[] now = {-0.7, -1.2, -0.1};
        var options = new LossOptions(
                type, TOKEN, 0.2, type == LossType.CISPO ? 5 : 0.2, OptionalDouble.empty(), 0, KlEstimator.K3, true);
        var loss = new PolicyLoss(options);
        var onPolicy = SequenceLogProbs.of(now, now);

        TokenLosses losses = loss.of(onPolicy, 1.5);

        for (int t = 0; t < now.length; t++) {
            assertThat(losses.gradient(t)).isCloseTo(-1.5, within(1e-12));
        }
        assertThat(loss.clips(onPolicy, 1.5)).containsOnly(Clip.NONE);
    }

    @ParameterizedTest
    @EnumSource(LossType.class)
    void withoutAdvantageNothingIsLearnt(LossType type) {
        var loss = new PolicyLoss(LossOptions.defaults().withType(type));

        TokenLosses losses = loss.of(GoldenVectors.sequence(0, LOGPROBS), 0);

        assertThat(IntStream.range(0, losses.size()).mapToDouble(losses::gradient))
                .allMatch(gradient -> gradient == 0);
    }

    /** Whatever stands where nothing counts, such as a token that was masked because its ratio is absurd. */
    @ParameterizedTest
    @EnumSource(value = LossType.class, mode = EnumSource.Mode.EXCLUDE, names = "VESPO")
    void tokensThatAreLeftOutPoisonNothing(LossType type) {
        var loss = new PolicyLoss(LossOptions.defaults().withType(type));
        double[] weights = {1, 0, 1};
        double[] old = {-0.9, -0.8, -0.2};
        for (double advantage : new double[] {1.5, -1.5}) {
            TokenLosses clean = loss.of(SequenceLogProbs.of(new double[] {-0.7, -1.2, -0.1}, old), advantage, weights);
            for (double poison : new double[] {1e4, -1e4}) {
                TokenLosses losses =
                        loss.of(SequenceLogProbs.of(new double[] {-0.7, poison, -0.1}, old), advantage, weights);

                assertThat(losses.sum()).isEqualTo(clean.sum());
                assertThat(losses.gradient(1)).isZero();
                assertThat(losses.gradient(0)).isEqualTo(clean.gradient(0));
                assertThat(losses.gradient(2)).isEqualTo(clean.gradient(2));
            }
        }
    }

    @Test
    void tokensOfOneSequenceShareTheirRatio() {
        var loss = new PolicyLoss(
                new LossOptions(LossType.GRPO, SEQUENCE, 0.2, 0.2, OptionalDouble.empty(), 0, KlEstimator.K3, true));

        TokenLosses losses = loss.of(GoldenVectors.sequence(0, LOGPROBS), 1);

        assertThat(IntStream.range(0, losses.size())
                        .mapToDouble(losses::gradient)
                        .distinct())
                .hasSize(1);
    }

    @Test
    void aDivergenceNeedsAReference() {
        var loss = new PolicyLoss(
                new LossOptions(LossType.GRPO, TOKEN, 0.2, 0.2, OptionalDouble.empty(), 0.1, KlEstimator.K3, true));

        assertThatThrownBy(() -> loss.of(SequenceLogProbs.of(new double[] {-1}, new double[] {-1}), 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("reference");
    }

    private static OptionalDouble optional(Double value) {
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    private static double share(LossOptions options, Clip side) {
        var loss = new PolicyLoss(options);
        long clipped = IntStream.range(0, LENGTHS.length)
                .boxed()
                .flatMap(row -> Arrays.stream(loss.clips(GoldenVectors.sequence(row, LOGPROBS), ADVANTAGES[row])))
                .filter(clip -> clip == side)
                .count();
        return (double) clipped / GoldenVectors.TOKENS;
    }

    private static Result compute(LossOptions options) {
        return compute(options, row -> GoldenVectors.sequence(row, LOGPROBS));
    }

    private static Result computeInSinglePrecision(LossOptions options) {
        return compute(options, GoldenVectors::sequenceInSinglePrecision);
    }

    private static Result compute(LossOptions options, IntFunction<SequenceLogProbs> sequences) {
        var loss = new PolicyLoss(options);
        double sum = 0;
        double gradient = 0;
        for (int row = 0; row < LENGTHS.length; row++) {
            double weight = GoldenVectors.weight(options.type(), row);
            TokenLosses losses = loss.of(sequences.apply(row), ADVANTAGES[row]);
            sum += weight * losses.sum();
            for (int t = 0; t < losses.size(); t++) {
                gradient += Math.abs(weight * losses.gradient(t));
            }
        }
        return new Result(sum, gradient);
    }
}
