package dev.troupe.reward.rescore;

/** Why an episode of the environment was not given a new score. */
public enum LeftOut {
    /** It ended without anything to judge: a role timed out, the group's time was up. */
    INCOMPLETE,
    /** Its task has left the topic, which keeps tasks for a shorter time than episodes. */
    TASK_EXPIRED,
    /** It was published without its turns because it was too large for a record. */
    TURNS_MISSING,
    /** The judge cannot score it; its reason is in the detail. */
    UNSCORABLE,
    /** The judge would have played another turn. */
    UNFINISHED
}
