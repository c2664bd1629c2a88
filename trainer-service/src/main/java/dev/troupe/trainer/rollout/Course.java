package dev.troupe.trainer.rollout;

/**
 * How an episode went.
 *
 * @param episode index within the group
 * @param turns that were played
 * @param seconds from the deal to the end
 */
public record Course(int episode, int turns, double seconds) {}
