package dev.troupe.reward.coordinator;

import dev.troupe.reward.coordinator.EpisodeState.Acting;

/** How far a turn has come. */
sealed interface TurnState {

    Acting acting();

    /** Somebody is still at it. */
    record Open(Acting acting) implements TurnState {}

    /** Every role has acted, and every message it announced has arrived. */
    record Complete(Acting acting) implements TurnState {}

    /**
     * Given up.
     *
     * @param reason as in {@code Episode.reason}
     */
    record Lost(Acting acting, String reason) implements TurnState {}
}
