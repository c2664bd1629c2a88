package dev.troupe.trainer.grpo;

import static java.util.Objects.requireNonNull;

import dev.troupe.policy.AdamWOptions;

/**
 * How to optimise; names, meaning and defaults as in TRL's {@code GRPOConfig}, except learning rate, schedule and
 * completion length.
 *
 * @param loss what a token loses
 * @param aggregation how several rewards become one advantage
 * @param scaleRewards by what centred rewards are divided, where their sum is normalised
 * @param deviation how their standard deviation is taken
 * @param correction of completions that another policy drew
 * @param entropy what entropies are used for
 * @param numIterations optimiser steps on each batch of groups
 * @param maskTruncatedCompletions whether completions that hit the length limit are left out of the loss
 * @param maxCompletionLength the constant of {@code dr_grpo} and where {@code overlong} has its full effect, in tokens
 * @param overlong what completions near that length cost
 * @param learningRate at the start of the schedule
 * @param schedule of the learning rate
 * @param optimizer betas, epsilon, weight decay, gradient norm; its learning rate is replaced at each step
 */
public record GrpoOptions(
        LossOptions loss,
        MultiObjectiveAggregation aggregation,
        ScaleRewards scaleRewards,
        RewardDeviation deviation,
        SamplingCorrection correction,
        EntropyOptions entropy,
        int numIterations,
        boolean maskTruncatedCompletions,
        int maxCompletionLength,
        OverlongOptions overlong,
        double learningRate,
        LearningRateSchedule schedule,
        AdamWOptions optimizer) {

    public GrpoOptions {
        requireNonNull(loss, "loss is null");
        requireNonNull(aggregation, "multi_objective_aggregation is null");
        requireNonNull(scaleRewards, "scale_rewards is null");
        requireNonNull(deviation, "deviation is null");
        requireNonNull(overlong, "overlong is null");
        requireNonNull(correction, "correction is null");
        requireNonNull(entropy, "entropy is null");
        requireNonNull(schedule, "lr_scheduler_type is null");
        requireNonNull(optimizer, "optimizer is null");
        if (loss.type() == LossType.VESPO && !correction.againstBehaviour()) {
            throw new IllegalArgumentException("loss_type vespo has the correction in its own ratio;"
                    + " set importance_sampling_mode to behaviour, not "
                    + OptionNames.of(correction.mode()));
        }
        if (numIterations < 1) {
            throw new IllegalArgumentException("num_iterations must be 1 or more: " + numIterations);
        }
        if (maxCompletionLength < 1) {
            throw new IllegalArgumentException("max_completion_length must be 1 or more: " + maxCompletionLength);
        }
        if (overlong.bufferLength() > maxCompletionLength) {
            throw new IllegalArgumentException("overlong_buffer_len %d is more than max_completion_length %d"
                    .formatted(overlong.bufferLength(), maxCompletionLength));
        }
        if (!(learningRate >= 0) || Double.isInfinite(learningRate)) {
            throw new IllegalArgumentException("learning_rate must be 0 or more: " + learningRate);
        }
    }

    /** TRL's defaults at the given learning rate, which does not change. */
    public static GrpoOptions defaults(double learningRate) {
        return new GrpoOptions(
                LossOptions.defaults(),
                MultiObjectiveAggregation.SUM_THEN_NORMALIZE,
                ScaleRewards.GROUP,
                RewardDeviation.defaults(),
                SamplingCorrection.defaults(),
                EntropyOptions.unused(),
                1,
                false,
                256,
                OverlongOptions.unused(),
                learningRate,
                LearningRateSchedule.CONSTANT,
                AdamWOptions.withLearningRate(learningRate));
    }

    public GrpoOptions with(LossOptions other) {
        return new GrpoOptions(
                other,
                aggregation,
                scaleRewards,
                deviation,
                correction,
                entropy,
                numIterations,
                maskTruncatedCompletions,
                maxCompletionLength,
                overlong,
                learningRate,
                schedule,
                optimizer);
    }

    public GrpoOptions with(SamplingCorrection other) {
        return new GrpoOptions(
                loss,
                aggregation,
                scaleRewards,
                deviation,
                other,
                entropy,
                numIterations,
                maskTruncatedCompletions,
                maxCompletionLength,
                overlong,
                learningRate,
                schedule,
                optimizer);
    }

    /** The optimiser's options for one step, from 1; {@code maxSteps} is 0 when training has no end. */
    public AdamWOptions optimizerAt(long step, long maxSteps) {
        return new AdamWOptions(
                schedule.at(learningRate, step, maxSteps),
                optimizer.beta1(),
                optimizer.beta2(),
                optimizer.epsilon(),
                optimizer.weightDecay(),
                optimizer.maxGradNorm());
    }
}
