package dev.troupe.trainer.update;

import dev.troupe.policy.AdamWOptions;
import dev.troupe.policy.LogProbs;
import dev.troupe.policy.MicroBatches;
import dev.troupe.policy.ScoredTokens;
import dev.troupe.policy.TokenGradients;
import dev.troupe.policy.TrainablePolicy;
import dev.troupe.trainer.grpo.GrpoOptions;
import dev.troupe.trainer.grpo.PolicyLoss;
import dev.troupe.trainer.grpo.SequenceLogProbs;
import dev.troupe.trainer.grpo.TokenLosses;
import dev.troupe.trainer.grpo.TokenWeights;
import dev.troupe.trainer.rollout.SkipReason;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** One GRPO update of one policy. */
final class PolicyUpdate {
    private final GrpoOptions options;
    private final int microBatchTokens;
    private final double skipGradNorm;
    private final PolicyLoss loss;

    /**
     * @param microBatchTokens most tokens, padding included, in one forward pass; bounds memory, not the result
     * @param skipGradNorm largest norm of a gradient that is taken
     */
    PolicyUpdate(GrpoOptions options, int microBatchTokens, double skipGradNorm) {
        this.options = options;
        this.microBatchTokens = microBatchTokens;
        this.skipGradNorm = skipGradNorm;
        this.loss = new PolicyLoss(options.loss());
    }

    /**
     * Trains the policy in place.
     *
     * @param reference what {@code beta} holds on to; must be there when beta is not 0
     */
    PolicyOutcome apply(
            TrainablePolicy policy,
            Optional<TrainablePolicy> reference,
            List<WeightedSample> samples,
            AdamWOptions optimizer) {
        List<WeightedSample> forwarded =
                samples.stream().filter(WeightedSample::forwarded).toList();
        if (forwarded.stream().allMatch(sample -> trainable(sample) == 0)) {
            return new PolicyOutcome.Untouched();
        }
        var pass = new Pass(forwarded, references(reference, forwarded), weights(samples));
        double total = 0;
        double gradNorm = 0;
        long passes = 0;
        long optimizing = 0;
        for (int iteration = 0; iteration < options.numIterations(); iteration++) {
            long started = System.nanoTime();
            double value = pass.accumulate(policy);
            if (!Double.isFinite(value)) {
                policy.zeroGradients();
                return broken(SkipReason.NON_FINITE_LOSS, "the loss is " + value);
            }
            if (isTooLarge(policy)) {
                double norm = policy.gradientNorm();
                policy.zeroGradients();
                return broken(
                        SkipReason.GRADIENT_TOO_LARGE,
                        "the norm of the gradient is %s, more than trainer.skip.grad.norm %s"
                                .formatted(norm, skipGradNorm));
            }
            long accumulated = System.nanoTime();
            gradNorm = policy.step(optimizer);
            passes += accumulated - started;
            optimizing += System.nanoTime() - accumulated;
            if (!Double.isFinite(gradNorm)) {
                return broken(SkipReason.NON_FINITE_GRADIENT, "the norm of the gradient is " + gradNorm);
            }
            total += value;
        }
        return new PolicyOutcome.Updated(
                total / options.numIterations(),
                gradNorm,
                forwarded.stream().mapToLong(this::trainable).sum(),
                new PolicyOutcome.Effort(passes / 1e9, optimizing / 1e9),
                pass.tally);
    }

    private static PolicyOutcome broken(SkipReason reason, String detail) {
        return new PolicyOutcome.Broken(new StepOutcome.Fault(reason, detail));
    }

    /** Without a bound the norm is not asked for here: the step takes it anyway. */
    private boolean isTooLarge(TrainablePolicy policy) {
        if (Double.isInfinite(skipGradNorm)) {
            return false;
        }
        double norm = policy.gradientNorm();
        return Double.isFinite(norm) && norm > skipGradNorm;
    }

    /** What one completion alone adds to a step. */
    record Share(WeightedSample sample, double loss, double gradNorm) {
        boolean isFinite() {
            return Double.isFinite(loss) && Double.isFinite(gradNorm);
        }
    }

    /** What each completion adds to a step's loss and gradient; the policy is left as it was. */
    List<Share> shares(TrainablePolicy policy, Optional<TrainablePolicy> reference, List<WeightedSample> samples) {
        TokenWeights weights = weights(samples);
        return samples.stream()
                .filter(sample -> sample.forwarded() && trainable(sample) > 0)
                .map(sample -> {
                    List<WeightedSample> alone = List.of(sample);
                    double value = new Pass(alone, references(reference, alone), weights).accumulate(policy);
                    double gradNorm = policy.gradientNorm();
                    policy.zeroGradients();
                    return new Share(sample, value, gradNorm);
                })
                .toList();
    }

    private TokenWeights weights(List<WeightedSample> samples) {
        long tokens = samples.stream().mapToLong(this::trainable).sum();
        return new TokenWeights(options.loss().type(), samples.size(), tokens, options.maxCompletionLength());
    }

    private List<LogProbs> references(Optional<TrainablePolicy> reference, List<WeightedSample> samples) {
        if (options.loss().beta() == 0) {
            return List.of();
        }
        return reference
                .orElseThrow(() -> new IllegalStateException("beta is not 0, and there is no reference policy"))
                .logprobs(samples.stream()
                        .map(sample -> sample.sample().sequence())
                        .toList());
    }

    /** Tokens of a completion that enter the loss. */
    private int trainable(WeightedSample sample) {
        boolean masked = options.maskTruncatedCompletions() && sample.sample().truncated();
        return masked ? 0 : sample.sample().length();
    }

    /** The samples of a step, gone through once per iteration. */
    private final class Pass {
        private final List<WeightedSample> samples;
        private final List<LogProbs> references;
        private final TokenWeights weights;
        private final TokenTally tally = new TokenTally();

        /** What the policy said of each sample in the first iteration, before anything had moved. */
        private final double[] @Nullable [] before;

        /** @param references of each sample; empty without a reference policy */
        Pass(List<WeightedSample> samples, List<LogProbs> references, TokenWeights weights) {
            this.samples = samples;
            this.references = references;
            this.weights = weights;
            this.before = new double[samples.size()][];
        }

        double accumulate(TrainablePolicy policy) {
            double value = 0;
            var sequences =
                    samples.stream().map(sample -> sample.sample().sequence()).toList();
            for (List<Integer> indices : MicroBatches.byLength(sequences, microBatchTokens)) {
                value += policy.accumulate(
                        indices.stream().map(sequences::get).toList(),
                        (tokens, gradients) -> loss(indices, tokens, gradients));
            }
            return value;
        }

        private double loss(List<Integer> indices, ScoredTokens tokens, TokenGradients gradients) {
            long microTokens = indices.stream()
                    .mapToLong(index -> trainable(samples.get(index)))
                    .sum();
            double threshold = options.entropy().threshold(entropies(indices, tokens));
            double value = 0;
            for (int row = 0; row < indices.size(); row++) {
                WeightedSample sample = samples.get(indices.get(row));
                double[] now = tokens.logprobs(row);
                double[] sampled = doubles(sample.sample().behaviour());
                double[] old = old(indices.get(row), now, sampled);
                double[] corrections = options.correction().weights(old, sampled);
                SequenceLogProbs logprobs = logprobs(indices.get(row), now, old);
                int length = trainable(sample);
                if (length > 0) {
                    count(sample, logprobs, corrections);
                    leaveOut(corrections, row, tokens, threshold);
                    leaveOut(corrections, sample, now, sampled);
                    double weight = weights.of(length, indices.size(), microTokens);
                    TokenLosses losses = loss.of(logprobs, sample.advantage(), corrections);
                    value += weight * (losses.sum() - bonus(row, weight, tokens, gradients));
                    for (int t = 0; t < losses.size(); t++) {
                        gradients.byLogProb(row, t, weight * losses.gradient(t));
                    }
                }
            }
            return value;
        }

        /** What the ratio is taken against. */
        private double[] old(int index, double[] now, double[] sampled) {
            double[] first = before[index];
            if (first == null) {
                before[index] = now;
                first = now;
                tally.differences(first, sampled);
            }
            return options.correction().againstBehaviour() ? sampled : first;
        }

        private void count(WeightedSample sample, SequenceLogProbs logprobs, double[] corrections) {
            tally.corrections(corrections);
            tally.clips(loss.clips(logprobs, sample.advantage()));
            if (!references.isEmpty()) {
                tally.divergence(loss.divergence(logprobs));
            }
        }

        private SequenceLogProbs logprobs(int index, double[] now, double[] old) {
            var logprobs = SequenceLogProbs.of(now, old);
            return references.isEmpty() ? logprobs : logprobs.withReference(doubles(references.get(index)));
        }

        /** Counts the entropies of the tokens of a micro-batch that enter the loss, and returns them. */
        private double[] entropies(List<Integer> indices, ScoredTokens tokens) {
            double[] entropies = IntStream.range(0, tokens.sequences())
                    .filter(row -> trainable(samples.get(indices.get(row))) > 0)
                    .boxed()
                    .flatMapToDouble(
                            row -> IntStream.range(0, tokens.length(row)).mapToDouble(t -> tokens.entropy(row, t)))
                    .toArray();
            tally.entropies(entropies);
            return entropies;
        }

        /** Tokens of which the policy is too sure do not count. */
        private void leaveOut(double[] corrections, int row, ScoredTokens tokens, double threshold) {
            for (int t = 0; t < corrections.length; t++) {
                if (tokens.entropy(row, t) < threshold) {
                    corrections[t] = 0;
                }
            }
        }

        /** Sequences that the policy has moved away from do not count where they are bad. */
        private void leaveOut(double[] corrections, WeightedSample sample, double[] now, double[] sampled) {
            if (options.correction().offPolicyMaskThreshold().isPresent()) {
                boolean masked = options.correction().leavesOut(sample.advantage(), now, sampled);
                tally.offPolicy(masked);
                if (masked) {
                    Arrays.fill(corrections, 0);
                }
            }
        }

        /** What entropy takes off the loss of a sequence, before its weight. */
        private double bonus(int row, double weight, ScoredTokens tokens, TokenGradients gradients) {
            double coefficient = options.entropy().coefficient();
            double bonus = 0;
            for (int t = 0; coefficient > 0 && t < tokens.length(row); t++) {
                bonus += coefficient * tokens.entropy(row, t);
                gradients.byEntropy(row, t, -weight * coefficient);
            }
            return bonus;
        }
    }

    private static double[] doubles(LogProbs logprobs) {
        return IntStream.range(0, logprobs.size()).mapToDouble(logprobs::get).toArray();
    }
}
