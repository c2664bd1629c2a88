package dev.troupe.cli.score;

/** Why a line has no score, beside the reasons for which an environment refuses to judge. */
enum Problem {
    /** More bytes than a line may have. */
    TOO_LARGE,
    /** Bytes that are no UTF-8. */
    NOT_UTF8,
    /** No JSON, or no JSON object. */
    NOT_JSON,
    /** A key that has to be there is not, or holds something else. */
    BAD_KEY,
    /** A completion for a role that the task does not have. */
    UNKNOWN_ROLE,
    /** No completion for a role of the task. */
    MISSING_ROLE,
    /** A NUL character, which neither Python source nor a record of text can hold. */
    NUL_CHARACTER,
    /** Half of a surrogate pair, which is no character. */
    LONE_SURROGATE,
    /** A number that is too large for a double. */
    NUMBER_NOT_FINITE,
    /** The task does not hold what the environment needs. */
    INVALID_TASK,
    /** The environment's code failed. */
    ENVIRONMENT_FAILED,
    /** The environment wants another turn, and there is none offline. */
    UNFINISHED
}
