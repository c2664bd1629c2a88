package dev.troupe.reward.coordinator;

/**
 * The permits of a team that a partition which is not its home has had, over all time.
 *
 * @param asked it ever asked for; what turns out not to be needed is given back once it is granted
 * @param granted it got
 * @param returned it gave back
 * @param dealt it used
 */
record HeldPermits(long asked, long granted, long returned, long dealt) {

    static final HeldPermits NONE = new HeldPermits(0, 0, 0, 0);

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
        return new HeldPermits(asked, granted, returned, dealt + 1);
    }

    HeldPermits release() {
        return new HeldPermits(asked, granted, returned, dealt - 1);
    }

    HeldPermits giveBack(long count) {
        return new HeldPermits(asked, granted, returned + count, dealt);
    }

    /** @param total that the home says it ever granted; one said earlier changes nothing */
    HeldPermits grantedInAll(long total) {
        return new HeldPermits(asked, Math.max(granted, total), returned, dealt);
    }

    /** All that would let it deal so many tasks that wait, those it ever got included; never less than it asked for. */
    long wanted(long waiting) {
        return Math.max(asked, returned + dealt + waiting);
    }

    HeldPermits ask(long total) {
        return new HeldPermits(total, granted, returned, dealt);
    }
}
