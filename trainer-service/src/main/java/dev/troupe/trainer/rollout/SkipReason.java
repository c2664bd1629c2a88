package dev.troupe.trainer.rollout;

/** Why a group was consumed without training anything; the names go into {@code TrainingStep.skipped}. */
public enum SkipReason {
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
    /** Token ids, log-probabilities or rewards contradict each other or the model. */
    INVALID_RECORD,
    /** Not a record of the topic; it went to the dead letters. */
    MALFORMED,
    /** The loss of the step was NaN or infinite; the weights are the last good ones. */
    NON_FINITE_LOSS,
    /** The gradient of the step was NaN or infinite; the weights are the last good ones. */
    NON_FINITE_GRADIENT
}
