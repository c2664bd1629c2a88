package dev.troupe.trainer.rollout;

/** Why a group was consumed without training anything; the names go into {@code TrainingStep.skipped}. */
public enum SkipReason {
    /** One episode has a reward: there is none to compare it with. */
    SINGLE_EPISODE,
    /** All scored episodes have the same reward: nothing tells good from bad. */
    ZERO_VARIANCE,
    /** No episode has a reward. */
    ALL_INCOMPLETE,
    /** No completion was drawn from a policy of this team by a role that is not frozen. */
    NO_TRAINABLE_COMPLETION,
    /** Episodes share completions, as in joint mode cross, and {@code grpo.joint_mode} is aligned. */
    CROSSED_COMPLETIONS,
    /** Episodes share completions and have more than one turn, so that what followed a completion was not its own. */
    CROSSED_TURNS,
    /** A reward, or a part of it, is NaN or infinite. */
    NON_FINITE_REWARD,
    /** A reward, or a part of it, is so large that sums and squares would not be finite. */
    REWARD_TOO_LARGE,
    /** There are more tokens than log-probabilities, or fewer. */
    LOGPROBS_MISMATCH,
    /** A log-probability is above 0, NaN or infinite. */
    INVALID_LOGPROB,
    /** A token id is not one of the policy's. */
    TOKEN_OUTSIDE_VOCABULARY,
    /** Prompt and completion are longer than the policy can read. */
    SEQUENCE_TOO_LONG,
    /** A completion is said to be of a version that this trainer never published. */
    UNKNOWN_VERSION,
    /** The record does not say of every token which version drew it. */
    INVALID_VERSION_SPANS,
    /** Two episodes have the same number. */
    DUPLICATE_EPISODE,
    /** What the record says contradicts itself or the model in another way. */
    INVALID_RECORD,
    /** Not a record of the topic; it went to the dead letters. */
    MALFORMED,
    /** The loss of the step was NaN or infinite; the weights are the last good ones. */
    NON_FINITE_LOSS,
    /** The gradient of the step was NaN or infinite; the weights are the last good ones. */
    NON_FINITE_GRADIENT,
    /** The gradient of the step was beyond {@code trainer.skip.grad.norm}; the weights are the last good ones. */
    GRADIENT_TOO_LARGE
}
