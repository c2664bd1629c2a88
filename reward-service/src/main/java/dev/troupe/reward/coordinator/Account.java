package dev.troupe.reward.coordinator;

import java.util.List;

/**
 * What a partition asks of a team's home and got. It is the whole of what the two tell each other, whoever speaks. All
 * counts are of permits, over all time.
 *
 * @param policies that play the task which waits longest there; empty when none waits
 * @param wanted would let it deal all that waits, those it ever got included; what was said last holds
 * @param returned it had and did not need; only grows
 * @param granted it ever got; only grows
 */
record Account(List<String> policies, long wanted, long returned, long granted) {

    static final Account NEW = new Account(List.of(), 0, 0, 0);

    Account {
        if (wanted < 0 || returned < 0 || granted < returned) {
            throw new IllegalArgumentException(
                    "wanted %d, returned %d, granted %d cannot be".formatted(wanted, returned, granted));
        }
        policies = List.copyOf(policies);
    }

    /** Whether it waits for more. */
    boolean open() {
        return granted < wanted;
    }

    /** Permits that were used or still may be. */
    long out() {
        return granted - returned;
    }

    Account grantOne() {
        return new Account(policies, wanted, returned, granted + 1);
    }

    /**
     * At home, with what the other partition says now. What only grows is never less than it was, so an old record does
     * no harm. What was granted the home knows best; whoever says it got more is wrong about what it returned too, and
     * only what it wants is taken.
     */
    Account told(Account now) {
        long sure = now.granted <= granted ? Math.max(returned, now.returned) : returned;
        return new Account(now.policies, now.wanted, sure, granted);
    }

    /** Whether it asks for as many and gave back as many. */
    boolean asks(Account other) {
        return wanted == other.wanted && returned == other.returned;
    }
}
