package dev.troupe.reward.coordinator;

/** Why an episode ended without a score: the closed set behind {@code Episode.reason}. */
enum IncompleteReason {
    /** A role was dealt twice and did not act in time; the record says {@code ROLE_TIMEOUT:<role>}. */
    ROLE_TIMEOUT,
    /** An agent could not play a turn, twice. */
    ACTION_REFUSED,
    /** A step was handed out twice and nobody judged it. */
    JUDGE_TIMEOUT,
    /** The environment could not judge; the record says {@code UNSCORABLE:<its reason>}. */
    UNSCORABLE,
    /** The environment asked for more turns than the task allows. */
    MAX_TURNS,
    /** The environment's next observations do not fit the roles. */
    BAD_OBSERVATIONS,
    /** The group's time was up. */
    GROUP_DEADLINE,
    /** The group outgrew what one record can hold. */
    TOO_LARGE
}
