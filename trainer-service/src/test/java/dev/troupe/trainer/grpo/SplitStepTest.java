package dev.troupe.trainer.grpo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** A step whose sequences are dealt to workers and micro-batches at random, in double precision. */
class SplitStepTest {
    private static final int SEQUENCES = 9;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private final List<SequenceLogProbs> sequences = new ArrayList<>();
    private final List<Double> advantages = new ArrayList<>();

    SplitStepTest() {
        for (int i = 0; i < SEQUENCES; i++) {
            double[] now = random.doubles(1 + random.nextInt(12), -3, -0.01).toArray();
            double[] old = IntStream.range(0, now.length)
                    .mapToDouble(t -> now[t] + 0.3 * random.nextGaussian())
                    .toArray();
            sequences.add(SequenceLogProbs.of(now, old));
            advantages.add(random.nextGaussian());
        }
    }

    @ParameterizedTest
    @EnumSource(value = LossType.class, mode = Mode.EXCLUDE, names = "BNPO")
    void addsUpToTheWhole(LossType type) {
        double[] whole =
                step(type, List.of(IntStream.range(0, SEQUENCES).boxed().toList()));
        for (int round = 0; round < 20; round++) {
            double[] split = step(type, split());

            assertThat(split).as("seed %d, round %d", seed, round).containsExactly(whole, within(1e-12));
        }
    }

    /** It is the mean of what each micro-batch says, and not of the tokens. */
    @Test
    void bnpoDoesNot() {
        List<List<Integer>> alone =
                IntStream.range(0, SEQUENCES).mapToObj(List::of).toList();

        double[] whole = step(
                LossType.BNPO, List.of(IntStream.range(0, SEQUENCES).boxed().toList()));

        assertThat(step(LossType.BNPO, alone)[0]).as("seed %d", seed).isNotCloseTo(whole[0], within(1e-9));
    }

    private List<List<Integer>> split() {
        var order = new ArrayList<>(IntStream.range(0, SEQUENCES).boxed().toList());
        Collections.shuffle(order, random);
        var parts = new ArrayList<List<Integer>>();
        for (int from = 0; from < order.size(); ) {
            int to = Math.min(order.size(), from + 1 + random.nextInt(4));
            parts.add(List.copyOf(order.subList(from, to)));
            from = to;
        }
        return parts;
    }

    /** The loss, and the gradient of every token in the order of the sequences. */
    private double[] step(LossType type, List<List<Integer>> parts) {
        var loss = new PolicyLoss(new LossOptions(
                type, ImportanceSamplingLevel.TOKEN, 0.2, 0.28, OptionalDouble.empty(), 0, KlEstimator.K3, true));
        long tokens = sequences.stream().mapToLong(SequenceLogProbs::size).sum();
        var weights = new TokenWeights(type, SEQUENCES, tokens, 16);
        double value = 0;
        double[][] gradients = new double[SEQUENCES][];
        for (List<Integer> part : parts) {
            long partTokens =
                    part.stream().mapToLong(i -> sequences.get(i).size()).sum();
            for (int i : part) {
                double weight = weights.of(sequences.get(i).size(), part.size(), partTokens);
                TokenLosses losses = loss.of(sequences.get(i), advantages.get(i));
                value += weight * losses.sum();
                gradients[i] = IntStream.range(0, losses.size())
                        .mapToDouble(t -> weight * losses.gradient(t))
                        .toArray();
            }
        }
        return DoubleStream.concat(
                        DoubleStream.of(value), Arrays.stream(gradients).flatMapToDouble(Arrays::stream))
                .toArray();
    }
}
