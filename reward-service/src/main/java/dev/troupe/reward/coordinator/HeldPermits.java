package dev.troupe.reward.coordinator;

/**
 * The permits of a team that a partition which is not its home has had, over all time.
 *
 * @param granted it got
 * @param returned it gave back
 * @param dealt it used
 */
record HeldPermits(long granted, long returned, long dealt) {

    static final HeldPermits NONE = new HeldPermits(0, 0, 0);

    HeldPermits {
        if (returned < 0 || dealt < 0 || granted < returned + dealt) {
            throw new IllegalArgumentException(
                    "granted %d, returned %d, dealt %d cannot be".formatted(granted, returned, dealt));
        }
    }

    /** Permits to deal with. */
    long free() {
        return granted - returned - dealt;
    }

    HeldPermits take() {
        return new HeldPermits(granted, returned, dealt + 1);
    }

    HeldPermits release() {
        return new HeldPermits(granted, returned, dealt - 1);
    }

    HeldPermits giveBack(long count) {
        return new HeldPermits(granted, returned + count, dealt);
    }

    /** @param total that the home says it ever granted; no less than before */
    HeldPermits grantedInAll(long total) {
        return new HeldPermits(total, returned, dealt);
    }

    /** What is to be asked of the home so that all that waits can be dealt. */
    Account account(Permits.Demand demand) {
        return new Account(demand.policies(), returned + dealt + demand.waiting(), returned, granted);
    }
}
