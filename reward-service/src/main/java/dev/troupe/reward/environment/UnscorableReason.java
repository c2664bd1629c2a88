package dev.troupe.reward.environment;

/** Why a step could not be judged; the tag of the metric. */
public enum UnscorableReason {
    /** No environment of that name is installed. */
    UNKNOWN_ENVIRONMENT,
    /** The task does not hold what the environment needs. */
    INVALID_TASK,
    /** The joint action lacks a role or a turn. */
    INCOMPLETE_STEP,
    /** The sandbox could not be used; says nothing about the program. */
    SANDBOX_UNAVAILABLE,
    /** The judges are configured to run no programs, and this environment has to. */
    SANDBOX_OFF,
    /** The environment's code failed, or answered what no judgement can hold. */
    ENVIRONMENT_FAILED,
    /** The environment did not answer within {@code judge.timeout}. */
    ENVIRONMENT_TIMEOUT
}
