package dev.troupe.trainer.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.troupe.policy.AdamWOptions;
import dev.troupe.policy.LogProbs;
import dev.troupe.policy.TokenIds;
import dev.troupe.policy.TrainablePolicy;
import dev.troupe.policy.TrainingSequence;
import dev.troupe.trainer.TestOptions;
import dev.troupe.trainer.grpo.LossType;
import dev.troupe.trainer.rollout.Provenance;
import dev.troupe.trainer.rollout.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PolicyUpdateTest {
    /** Of the golden vectors: what the policy's log-probabilities have gained over the old ones, and the advantages. */
    private static final double[][] LOG_RATIOS = {{.2, 0, -.4, 0}, {.6, 0, -.3}, {-.2, .3, 0, .4}, {0, -.5}};

    private static final double[] ADVANTAGES = {.8, -1.1, .5, -.2};

    /**
     * TRL's results in double precision, from log-probabilities in single precision as a policy gives them and as
     * agents record them. The loss depends on their differences alone, so any policy will do.
     */
    @ParameterizedTest
    @CsvSource({
        "grpo,    token,    0.2,    0.2,     , 0.0516762184",
        "bnpo,    token,    0.2,    0.2,     , -0.0662531333",
        "dapo,    token,    0.2,    0.2,     , -0.0662531333",
        "dr_grpo, token,    0.2,    0.2,     , -0.0269153354",
        "dapo,    token,    0.2,    0.28,    , -0.0737240723",
        "grpo,    sequence, 0.0003, 0.0004,  , 0.0386111176",
        "grpo,    sequence, 0.2,    0.2,     , 0.0120325609",
        "sapo,    token,    0.2,    0.2,     , -0.0081883615",
        "luspo,   sequence, 0.2,    0.2,     , -0.3357917587",
        "dapo,    token,    0.2,    0.2,  1.5, -0.0935093395"
    })
    void givesTrlsLossInSinglePrecision(
            String type, String level, String epsilon, String epsilonHigh, String delta, double expected) {
        var update = new PolicyUpdate(
                TestOptions.grpo(
                        "loss_type", type,
                        "importance_sampling_level", level,
                        "epsilon", epsilon,
                        "epsilon_high", epsilonHigh,
                        "delta", delta == null ? "" : delta,
                        "importance_sampling_mode", "behaviour",
                        "max_completion_length", "8"),
                1 << 20,
                Double.POSITIVE_INFINITY);
        try (TrainablePolicy policy = TeamTraining.policy()) {
            PolicyOutcome outcome =
                    update.apply(policy, Optional.empty(), golden(policy), AdamWOptions.withLearningRate(1e-3));

            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            PolicyOutcome.Updated.class,
                            updated -> assertThat(updated.loss()).isCloseTo(expected, within(1e-6)));
        }
    }

    /** Where all rewards are equal all advantages are 0. */
    @ParameterizedTest
    @EnumSource(LossType.class)
    void withoutAdvantagesTheGradientIsNothingAtAll(LossType type) {
        var update = new PolicyUpdate(
                TestOptions.grpo(
                        "loss_type", type.name().toLowerCase(Locale.ROOT), "importance_sampling_mode", "behaviour"),
                1 << 20,
                Double.POSITIVE_INFINITY);
        try (TrainablePolicy policy = TeamTraining.policy()) {
            List<WeightedSample> samples = golden(policy).stream()
                    .map(sample -> sample.withAdvantage(0))
                    .toList();
            List<TrainingSequence> sequences =
                    samples.stream().map(sample -> sample.sample().sequence()).toList();
            List<LogProbs> before = policy.logprobs(sequences);

            PolicyOutcome outcome =
                    update.apply(policy, Optional.empty(), samples, AdamWOptions.withLearningRate(1e-3));

            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            PolicyOutcome.Updated.class,
                            updated -> assertThat(updated.gradNorm()).isZero());
            assertThat(policy.logprobs(sequences)).isEqualTo(before);
        }
    }

    /** Random completions, recorded so that the policy's ratios are those of the golden vectors. */
    private static List<WeightedSample> golden(TrainablePolicy policy) {
        var random = new Random(3);
        var samples = new ArrayList<WeightedSample>();
        for (int row = 0; row < LOG_RATIOS.length; row++) {
            int length = LOG_RATIOS[row].length;
            var sequence = TrainingSequence.of(
                    TokenIds.of(random.ints(4, 2, 32).boxed().toList()),
                    TokenIds.of(random.ints(length, 2, 32).boxed().toList()),
                    1);
            LogProbs now = policy.logprobs(List.of(sequence)).getFirst();
            float[] old = new float[length];
            for (int t = 0; t < length; t++) {
                old[t] = (float) (now.get(t) - LOG_RATIOS[row][t]);
            }
            var sample =
                    new Sample("team", "main", true, sequence, LogProbs.of(old), false, Provenance.of(row, 0, length));
            samples.add(new WeightedSample(sample, ADVANTAGES[row], true, 0));
        }
        return samples;
    }
}
