package dev.troupe.trainer.update;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.troupe.policy.AdamWOptions;
import dev.troupe.policy.MicroBatches;
import dev.troupe.policy.TokenLogProbs;
import dev.troupe.policy.TrainablePolicy;
import dev.troupe.trainer.grpo.ClippedLoss;
import dev.troupe.trainer.grpo.GrpoOptions;
import dev.troupe.trainer.grpo.ReferenceLoss;
import dev.troupe.trainer.grpo.TokenWeights;
import dev.troupe.trainer.rollout.SkipReason;
import java.util.List;

/**
 * One GRPO update of one policy. The ratio is taken against the log-probabilities that the agent recorded, so
 * completions of an older version are corrected for their staleness.
 */
final class PolicyUpdate {
    private final GrpoOptions options;
    private final int microBatchTokens;
    private final ClippedLoss loss;
    private final ReferenceLoss reference;

    /** @param microBatchTokens most tokens, padding included, in one forward pass; bounds memory, not the result */
    PolicyUpdate(GrpoOptions options, int microBatchTokens) {
        this.options = options;
        this.microBatchTokens = microBatchTokens;
        this.loss = new ClippedLoss(options.epsilon(), options.epsilonHigh());
        this.reference = new ReferenceLoss(options.epsilon(), options.epsilonHigh());
    }

    PolicyOutcome apply(TrainablePolicy policy, List<WeightedSample> samples, AdamWOptions optimizer) {
        List<WeightedSample> forwarded =
                samples.stream().filter(WeightedSample::forwarded).toList();
        if (forwarded.stream().allMatch(sample -> trainable(sample) == 0)) {
            return new PolicyOutcome.Untouched();
        }
        long tokens = samples.stream().mapToLong(this::trainable).sum();
        var weights = new TokenWeights(options.lossType(), samples.size(), tokens, options.maxCompletionLength());
        var tally = new TokenTally(reference);
        double total = 0;
        double gradNorm = 0;
        for (int iteration = 0; iteration < options.numIterations(); iteration++) {
            double value = accumulate(policy, forwarded, weights, tally);
            if (!Double.isFinite(value)) {
                policy.zeroGradients();
                return new PolicyOutcome.Broken(SkipReason.NON_FINITE_LOSS);
            }
            gradNorm = policy.step(optimizer);
            if (!Double.isFinite(gradNorm)) {
                return new PolicyOutcome.Broken(SkipReason.NON_FINITE_GRADIENT);
            }
            total += value;
        }
        return new PolicyOutcome.Updated(total / options.numIterations(), gradNorm, tally);
    }

    private double accumulate(
            TrainablePolicy policy, List<WeightedSample> samples, TokenWeights weights, TokenTally tally) {
        double value = 0;
        var sequences =
                samples.stream().map(sample -> sample.sample().sequence()).toList();
        for (List<Integer> indices : MicroBatches.byLength(sequences, microBatchTokens)) {
            List<WeightedSample> micro = indices.stream().map(samples::get).toList();
            value += policy.accumulate(
                    indices.stream().map(sequences::get).toList(), batch -> loss(batch, micro, weights, tally));
        }
        return value;
    }

    private NDArray loss(TokenLogProbs batch, List<WeightedSample> micro, TokenWeights weights, TokenTally tally) {
        tally.count(
                micro,
                batch.columns(),
                batch.logprobs().toFloatArray(),
                batch.entropy().toFloatArray());
        long microTokens = micro.stream().mapToLong(this::trainable).sum();
        float[] advantages = new float[micro.size()];
        float[] rowWeights = new float[micro.size()];
        for (int row = 0; row < micro.size(); row++) {
            int length = trainable(micro.get(row));
            advantages[row] = (float) micro.get(row).advantage();
            rowWeights[row] = length == 0 ? 0 : (float) weights.of(length, micro.size(), microTokens);
        }
        var column = new Shape(micro.size(), 1);
        NDArray old = batch.padded(
                micro.stream().map(sample -> sample.sample().behaviour()).toList());
        NDArray tokenWeights = batch.mask().mul(batch.manager().create(rowWeights, column)); // (batch, tokens)
        return loss.loss(batch.logprobs(), old, batch.manager().create(advantages, column), batch.mask(), tokenWeights);
    }

    /** Tokens of a completion that enter the loss. */
    private int trainable(WeightedSample sample) {
        boolean masked = options.maskTruncatedCompletions() && sample.sample().truncated();
        return masked ? 0 : sample.sample().length();
    }
}
