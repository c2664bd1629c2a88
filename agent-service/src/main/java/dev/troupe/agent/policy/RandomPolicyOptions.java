package dev.troupe.agent.policy;

import static java.util.Objects.requireNonNull;

import dev.troupe.runtime.config.Settings;
import java.time.Duration;

/**
 * How a scripted random policy behaves.
 *
 * @param vocabulary ids it draws from, all equally likely
 * @param tokens of a completion, where the turn allows as many
 * @param delay how long it thinks about a batch of turns
 * @param messages the part of completions that begin with a message to all other roles, 0 to 1
 */
public record RandomPolicyOptions(int vocabulary, int tokens, Duration delay, double messages) {

    /** Two ids are markup, the others are letters. */
    static final int SMALLEST_VOCABULARY = 3;

    public RandomPolicyOptions {
        requireNonNull(delay, "delay is null");
        if (vocabulary < SMALLEST_VOCABULARY || tokens < 1) {
            throw new IllegalArgumentException("vocabulary must be at least %d and tokens positive: %d, %d"
                    .formatted(SMALLEST_VOCABULARY, vocabulary, tokens));
        }
        if (delay.isNegative() || !(messages >= 0 && messages <= 1)) {
            throw new IllegalArgumentException(
                    "delay must not be negative and messages lie in [0, 1]: %s, %s".formatted(delay, messages));
        }
    }

    /** Reads {@code agent.random.*}; problems are reported by {@link Settings#check()}. */
    public static RandomPolicyOptions of(Settings settings) {
        return new RandomPolicyOptions(
                settings.integer("agent.random.vocabulary", 32, SMALLEST_VOCABULARY, 1 << 20),
                settings.integer("agent.random.tokens", 16, 1, 1 << 16),
                settings.duration("agent.random.delay", Duration.ZERO),
                settings.decimal("agent.random.messages", 0.25, 0, 1));
    }
}
