package dev.troupe.reward.coordinator;

import java.time.Duration;
import java.util.Optional;

/**
 * When a partition speaks to a team's home. At once when all that it asked for is there and more waits, so that many
 * tasks that arrive together are one request; at once when it gives back, or others play the task that waits longest;
 * and again after a while for as long as something is open, because a record may expire before it is read. By nothing
 * else is one lost, so the while is long: whoever lags is not sent a heap of the same that makes it lag further.
 *
 * <p>Only in memory: after a restart it says all again.
 */
final class Petition {

    static final Duration AGAIN = Duration.ofMinutes(1);
    private static final long NEVER = Long.MIN_VALUE;

    private Account told = Account.NEW;
    private Account heard = Account.NEW;
    private long toldAt = NEVER;

    /** The home says what it knows. */
    void answered(Account account) {
        heard = account;
    }

    /**
     * Whether what the home granted may be so: no more than was asked for, or the answer to just that. By the latter a
     * home that was misled, by an old request, says so too, and gets back what nobody wants. An answer that came while
     * this partition started over is said again once it asks.
     */
    boolean believes(Account account) {
        return account.granted() <= told.wanted() || (toldAt != NEVER && account.asks(told));
    }

    /** Whether the home should have answered what it was told last. */
    boolean overdue(long now) {
        return toldAt != NEVER && !heard.asks(told) && now - toldAt >= AGAIN.toMillis();
    }

    /** What is to be said now, if anything: {@code state}, or nothing. */
    Optional<Account> due(Account state, long now) {
        if (!state.open() && heard.asks(state)) {
            return Optional.empty();
        }
        boolean more = state.open()
                && (told.wanted() <= state.granted() || !told.policies().equals(state.policies()));
        boolean urgent = toldAt == NEVER || state.returned() != told.returned() || more;
        if (!urgent && now - toldAt < AGAIN.toMillis()) {
            return Optional.empty();
        }
        told = state;
        toldAt = now;
        return Optional.of(state);
    }
}
