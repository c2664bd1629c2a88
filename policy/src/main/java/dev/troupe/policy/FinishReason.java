package dev.troupe.policy;

/** Why a completion ended. */
public enum FinishReason {
    /** An end-of-sequence token was sampled; it is the completion's last token. */
    STOP,
    /** The completion reached its maximum length or the model's last position. */
    LENGTH
}
