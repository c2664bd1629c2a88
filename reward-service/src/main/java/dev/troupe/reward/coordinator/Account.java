package dev.troupe.reward.coordinator;

import java.util.List;

/**
 * What a partition asked of a team's home and got, as the home knows it. All counts are of permits, over all time.
 *
 * @param policies that play the task which waits longest there
 * @param wanted would let it deal all that waits, those it ever got included
 * @param returned it had and did not need
 * @param granted it ever got
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

    /** With what it says now. Counts only grow, so a record that comes again changes none. */
    Account told(Account now) {
        return new Account(
                now.policies.isEmpty() ? policies : now.policies,
                Math.max(wanted, now.wanted),
                Math.max(returned, now.returned),
                Math.max(granted, now.granted));
    }
}
