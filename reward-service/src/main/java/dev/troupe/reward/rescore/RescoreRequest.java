package dev.troupe.reward.rescore;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Optional;

/**
 * Which episodes are judged again, and how.
 *
 * @param environment whose episodes
 * @param judge the environment that judges; the same one for a change of weights or of its own code
 * @param from the earliest end of an episode, included
 * @param to the latest end of an episode, excluded
 * @param team whose episodes; empty for all
 * @param weights what is changed of them
 * @param publish whether the re-judged episodes are written
 */
public record RescoreRequest(
        String environment,
        String judge,
        Instant from,
        Instant to,
        Optional<String> team,
        WeightChange weights,
        boolean publish) {

    public RescoreRequest {
        requireNonNull(environment, "environment is null");
        requireNonNull(judge, "judge is null");
        requireNonNull(team, "team is null");
        requireNonNull(weights, "weights is null");
        if (!from.isBefore(to)) {
            throw new IllegalArgumentException("from %s is not before to %s".formatted(from, to));
        }
    }

    boolean covers(long finishedAt) {
        return finishedAt >= from.toEpochMilli() && finishedAt < to.toEpochMilli();
    }
}
