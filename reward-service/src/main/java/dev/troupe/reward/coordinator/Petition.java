package dev.troupe.reward.coordinator;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a partition asks of a team's home, and when. It asks at once when all that it asked for is there, so that many
 * tasks that arrive together are one request; and again from time to time while the home does not know what it should,
 * because a record may expire before it is read. Only in memory: after a restart it says all again.
 */
final class Petition {

    static final Duration AGAIN = Duration.ofSeconds(5);
    private static final long NEVER = Long.MIN_VALUE;

    private Account told = Account.NEW;
    private Account answered = Account.NEW;
    private long toldAt = NEVER;
    private long silentSince = NEVER;

    /** The home says what it knows. */
    void answered(Account account) {
        answered = answered.told(account);
        silentSince = NEVER;
    }

    /** Milliseconds since the first request that the home has not answered; 0 when it has answered. */
    long silentFor(long now) {
        return silentSince == NEVER ? 0 : now - silentSince;
    }

    /**
     * What is to be said now, if anything.
     *
     * @param policies that play the task which waits longest
     * @param waiting tasks that could be dealt with permits
     */
    Optional<Account> due(HeldPermits held, List<String> policies, long waiting, long now) {
        var state = new Account(policies, held.wanted(waiting), held.returned(), held.granted());
        boolean needs = state.open();
        boolean known = answered.wanted() == state.wanted() && answered.returned() == state.returned();
        if (known && !needs) {
            return Optional.empty();
        }
        boolean allIsHere = needs && told.wanted() <= held.granted();
        boolean urgent = toldAt == NEVER || state.returned() != told.returned() || allIsHere;
        if (!urgent && now - toldAt < AGAIN.toMillis()) {
            return Optional.empty();
        }
        told = state;
        toldAt = now;
        silentSince = silentSince == NEVER ? now : silentSince;
        return Optional.of(told);
    }
}
