package dev.troupe.agent.turn;

/** Why no completion was drawn; begins the refusal of an action. */
enum RefusalReason {
    /** The prompt leaves no position to sample. */
    PROMPT_TOO_LONG,
    /** The prompt or the sampling parameters cannot be used. */
    INVALID_TURN,
    /** The exact version asked for was never announced here. */
    UNKNOWN_VERSION,
    /** The exact version asked for must not be served. */
    REFUSED_VERSION,
    /** A completion was drawn that cannot be trained on or judged, or the server refused to draw one. */
    UNUSABLE_COMPLETION
}
