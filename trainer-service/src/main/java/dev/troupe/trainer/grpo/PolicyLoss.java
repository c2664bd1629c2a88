package dev.troupe.trainer.grpo;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;

/**
 * The losses of TRL's {@code GRPOTrainer._compute_loss} (1.13) and their derivatives, in double arithmetic. One
 * sequence at a time: nothing but {@link TokenWeights} connects the sequences of a step.
 */
public final class PolicyLoss {
    /** SAPO's temperatures; TRL's {@code sapo_temperature_pos} and {@code sapo_temperature_neg}. */
    private static final double SAPO_POSITIVE = 1.0;

    /** In single precision, as TRL's tensors hold it whatever the model's. */
    private static final double SAPO_NEGATIVE = 1.05f;

    /** VESPO's exponents and slopes; TRL's {@code vespo_k_pos}, {@code vespo_lambda_pos} and so on. */
    private static final double VESPO_K_POSITIVE = 2;

    private static final double VESPO_LAMBDA_POSITIVE = 3;
    private static final double VESPO_K_NEGATIVE = 3;
    private static final double VESPO_LAMBDA_NEGATIVE = 2;
    private static final double VESPO_SMALLEST = Math.log(1e-8);
    private static final double VESPO_LARGEST = 20;

    private final LossOptions options;
    private final double low;
    private final double high;

    public PolicyLoss(LossOptions options) {
        this.options = requireNonNull(options, "options is null");
        this.low = 1 - options.epsilon();
        this.high = 1 + options.epsilonHigh();
    }

    /** A loss and its derivatives by the logarithm of the ratio and, beside that, by the log-probability. */
    private record Term(double value, double byLogRatio, double byLogProb) {}

    /** Whether the clip holds a token back, and on which side. */
    public enum Clip {
        NONE,
        /** Too unlikely already, and the advantage is negative. */
        LOW,
        /** Too likely already, and the advantage is positive. */
        HIGH
    }

    /** What each token loses when all count in full. */
    public TokenLosses of(SequenceLogProbs logprobs, double advantage) {
        double[] full = new double[logprobs.size()];
        Arrays.fill(full, 1);
        return of(logprobs, advantage, full);
    }

    /**
     * What each token loses.
     *
     * @param weights of the tokens, without gradient: the correction for the policy that sampled, 0 for tokens that are
     *     left out; the divergence from the reference is not weighted
     */
    public TokenLosses of(SequenceLogProbs logprobs, double advantage, double[] weights) {
        int size = logprobs.size();
        double[] values = new double[size];
        double[] gradients = new double[size];
        double[] ratios = logRatios(logprobs);
        double sequence = options.type() == LossType.VESPO ? vespo(logprobs, advantage) : 0;
        double shared = 0;
        for (int t = 0; t < size; t++) {
            if (weights[t] == 0) {
                // Left out, and not 0 times a ratio that may be infinite.
                continue;
            }
            Term term = term(ratios[t], logprobs.now(t), advantage, sequence);
            values[t] = weights[t] * term.value();
            gradients[t] = weights[t] * (term.byLogProb() + (perToken() ? term.byLogRatio() : 0));
            shared += perToken() ? 0 : weights[t] * term.byLogRatio() / size;
        }
        if (options.beta() != 0) {
            shared += addDivergence(logprobs, ratios, values, gradients);
        }
        for (int t = 0; t < size; t++) {
            gradients[t] += shared;
        }
        return new TokenLosses(values, gradients);
    }

    private boolean perToken() {
        return options.level() == ImportanceSamplingLevel.TOKEN;
    }

    /** The logarithm of the ratio by which each token is weighted. */
    private double[] logRatios(SequenceLogProbs logprobs) {
        double[] ratios = new double[logprobs.size()];
        if (perToken()) {
            Arrays.setAll(ratios, logprobs::logRatio);
        } else {
            Arrays.fill(ratios, logprobs.logRatio() / Math.max(1, logprobs.size()));
        }
        return ratios;
    }

    /** @return what every token's gradient has in common, because they share one ratio */
    private double addDivergence(SequenceLogProbs logprobs, double[] ratios, double[] values, double[] gradients) {
        double shared = 0;
        for (int t = 0; t < values.length; t++) {
            double difference = logprobs.divergence(t);
            double ratio = options.useBiasCorrectionKl() ? Math.exp(ratios[t]) : 1;
            double divergence = options.beta() * ratio * options.klEstimator().value(difference);
            values[t] += divergence;
            gradients[t] += options.beta() * ratio * options.klEstimator().gradient(difference);
            if (options.useBiasCorrectionKl()) {
                if (perToken()) {
                    gradients[t] += divergence;
                } else {
                    shared += divergence / values.length;
                }
            }
        }
        return shared;
    }

    private Term term(double logRatio, double logprob, double advantage, double vespo) {
        double ratio = Math.exp(logRatio);
        return switch (options.type()) {
            case GRPO, DR_GRPO, DAPO, BNPO, LUSPO -> clipped(ratio, advantage);
            case CISPO -> {
                double factor = Math.min(ratio, options.epsilonHigh()) * advantage;
                yield new Term(-factor * logprob, 0, -factor);
            }
            case SAPO -> sapo(ratio, advantage);
            case VESPO -> new Term(-vespo * advantage * logprob, 0, -vespo * advantage);
            case REINFORCE -> new Term(-advantage * logprob, 0, -advantage);
        };
    }

    /** {@code -min(r A, clip(r) A)} (arXiv 1707.06347, equation 7), {@code r} at most delta in the first term. */
    private Term clipped(double ratio, double advantage) {
        double bound = options.delta().orElse(Double.POSITIVE_INFINITY);
        double free = Math.min(ratio, bound) * advantage;
        double held = Math.clamp(ratio, low, high) * advantage;
        boolean moves = free < held ? ratio <= bound : ratio >= low && ratio <= high;
        return new Term(-Math.min(free, held), moves ? -ratio * advantage : 0, 0);
    }

    /** {@code -sigmoid(t (r - 1)) 4 / t A}. */
    private static Term sapo(double ratio, double advantage) {
        double temperature = advantage > 0 ? SAPO_POSITIVE : SAPO_NEGATIVE;
        double gate = 1 / (1 + Math.exp(-temperature * (ratio - 1)));
        return new Term(-gate * 4 / temperature * advantage, -4 * gate * (1 - gate) * ratio * advantage, 0);
    }

    /** {@code exp(lambda + k log w - lambda w)} with the ratio {@code w} of the whole sequence. */
    private static double vespo(SequenceLogProbs logprobs, double advantage) {
        double sum = 0;
        for (int t = 0; t < logprobs.size(); t++) {
            sum += Math.clamp(logprobs.logRatio(t), -VESPO_LARGEST, VESPO_LARGEST);
        }
        double logRatio = Math.clamp(sum, VESPO_SMALLEST, VESPO_LARGEST);
        double k = advantage >= 0 ? VESPO_K_POSITIVE : VESPO_K_NEGATIVE;
        double lambda = advantage >= 0 ? VESPO_LAMBDA_POSITIVE : VESPO_LAMBDA_NEGATIVE;
        return Math.exp(lambda + k * logRatio - lambda * Math.exp(logRatio));
    }

    /** The estimate of the divergence from the reference at each token, before beta. */
    public double[] divergence(SequenceLogProbs logprobs) {
        double[] divergences = new double[logprobs.size()];
        Arrays.setAll(divergences, t -> options.klEstimator().value(logprobs.divergence(t)));
        return divergences;
    }

    /** The side on which the clip, or the cap of {@code cispo}, holds each token back. */
    public Clip[] clips(SequenceLogProbs logprobs, double advantage) {
        return Arrays.stream(logRatios(logprobs))
                .mapToObj(logRatio -> clip(Math.exp(logRatio), advantage))
                .toArray(Clip[]::new);
    }

    private Clip clip(double ratio, double advantage) {
        return switch (options.type()) {
            case GRPO, DR_GRPO, DAPO, BNPO, LUSPO, SAPO -> {
                if (ratio < low && advantage < 0) {
                    yield Clip.LOW;
                }
                yield ratio > high && advantage > 0 ? Clip.HIGH : Clip.NONE;
            }
            case CISPO -> ratio > options.epsilonHigh() && advantage > 0 ? Clip.HIGH : Clip.NONE;
            case VESPO, REINFORCE -> Clip.NONE;
        };
    }
}
