package dev.troupe.trainer.fault;

/** What has just been done; whatever comes next must survive the trainer's death here. */
public enum StepPoint {
    /** The directory of a policy's version 0 is in the artifact store; no record names it. */
    FIRST_VERSION_STORED,
    /** The versions 0 are committed. */
    FIRST_VERSIONS_PUBLISHED,
    /** The groups of a step are in memory. */
    GROUPS_COLLECTED,
    /** Weights and optimizers have moved, in memory alone. */
    WEIGHTS_UPDATED,
    /** A checkpoint is in a temporary directory. */
    CHECKPOINT_STAGED,
    /** A checkpoint is in the artifact store; no record names it. */
    CHECKPOINT_PUBLISHED,
    /** The producer has begun the step's transaction. */
    TRANSACTION_BEGUN,
    /** The broker has the step and its versions, uncommitted. */
    RECORDS_SENT,
    /** The broker has the offsets as well, uncommitted. */
    OFFSETS_SENT,
    /** The transaction is committed. */
    COMMITTED,
    /** Checkpoints that are no longer needed are removed. */
    PRUNED
}
