package dev.troupe.trainer.grpo;

import static java.util.Objects.requireNonNull;

import dev.troupe.policy.AdamWOptions;

/**
 * How to optimise; names, meaning and defaults as in TRL's {@code GRPOConfig}, except the learning rate.
 *
 * @param lossType how token losses are brought together
 * @param scaleRewards by what centred rewards are divided
 * @param epsilon clip range below 1
 * @param epsilonHigh clip range above 1
 * @param numIterations optimiser steps on each batch of groups
 * @param maskTruncatedCompletions whether completions that hit the length limit are left out of the loss
 * @param maxCompletionLength the constant of {@code dr_grpo}, in tokens
 * @param learningRate at the start of the schedule
 * @param schedule of the learning rate
 * @param optimizer betas, epsilon, weight decay, gradient norm; its learning rate is replaced at each step
 */
public record GrpoOptions(
        LossType lossType,
        ScaleRewards scaleRewards,
        double epsilon,
        double epsilonHigh,
        int numIterations,
        boolean maskTruncatedCompletions,
        int maxCompletionLength,
        double learningRate,
        LearningRateSchedule schedule,
        AdamWOptions optimizer) {

    public GrpoOptions {
        requireNonNull(lossType, "loss_type is null");
        requireNonNull(scaleRewards, "scale_rewards is null");
        requireNonNull(schedule, "lr_scheduler_type is null");
        requireNonNull(optimizer, "optimizer is null");
        if (!(epsilon >= 0 && epsilon < 1)) {
            throw new IllegalArgumentException("epsilon must be in [0, 1): " + epsilon);
        }
        if (!(epsilonHigh >= 0) || Double.isInfinite(epsilonHigh)) {
            throw new IllegalArgumentException("epsilon_high must be 0 or more: " + epsilonHigh);
        }
        if (numIterations < 1) {
            throw new IllegalArgumentException("num_iterations must be 1 or more: " + numIterations);
        }
        if (maxCompletionLength < 1) {
            throw new IllegalArgumentException("max_completion_length must be 1 or more: " + maxCompletionLength);
        }
        if (!(learningRate >= 0) || Double.isInfinite(learningRate)) {
            throw new IllegalArgumentException("learning_rate must be 0 or more: " + learningRate);
        }
    }

    /** TRL's defaults at the given learning rate, which does not change. */
    public static GrpoOptions defaults(double learningRate) {
        return new GrpoOptions(
                LossType.DAPO,
                ScaleRewards.GROUP,
                0.2,
                0.2,
                1,
                false,
                256,
                learningRate,
                LearningRateSchedule.CONSTANT,
                AdamWOptions.withLearningRate(learningRate));
    }

    public GrpoOptions withLossType(LossType type) {
        return new GrpoOptions(
                type,
                scaleRewards,
                epsilon,
                epsilonHigh,
                numIterations,
                maskTruncatedCompletions,
                maxCompletionLength,
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
