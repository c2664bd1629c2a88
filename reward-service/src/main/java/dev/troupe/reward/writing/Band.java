package dev.troupe.reward.writing;

/**
 * What a ratio is worth: nothing outside of {@code [low, high]}, all of it in {@code [fullFrom, fullTo]}, and a
 * straight line between.
 */
record Band(double low, double fullFrom, double fullTo, double high) {

    Band {
        if (!(low < fullFrom && fullFrom <= fullTo && fullTo <= high)) {
            throw new IllegalArgumentException("a band goes up: %s, %s, %s, %s".formatted(low, fullFrom, fullTo, high));
        }
    }

    /** A band without an upper end. */
    static Band atLeast(double low, double fullFrom) {
        return new Band(low, fullFrom, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);
    }

    boolean holds(double ratio) {
        return ratio >= low && ratio <= high;
    }

    /** 0 to 1. */
    double worth(double ratio) {
        if (!holds(ratio)) {
            return 0;
        }
        if (ratio < fullFrom) {
            return (ratio - low) / (fullFrom - low);
        }
        return ratio <= fullTo ? 1 : (high - ratio) / (high - fullTo);
    }
}
