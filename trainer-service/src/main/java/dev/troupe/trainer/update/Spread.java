package dev.troupe.trainer.update;

/** Smallest, largest and mean of some numbers; each NaN or infinite while there are none. */
final class Spread {
    private long count;
    private double sum;
    private double smallest = Double.POSITIVE_INFINITY;
    private double largest = Double.NEGATIVE_INFINITY;

    void add(double value) {
        add(value, 1);
    }

    /** Adds a number that occurs several times. */
    void add(double value, long times) {
        if (times > 0) {
            count += times;
            sum += value * times;
            smallest = Math.min(smallest, value);
            largest = Math.max(largest, value);
        }
    }

    void add(Spread other) {
        count += other.count;
        sum += other.sum;
        smallest = Math.min(smallest, other.smallest);
        largest = Math.max(largest, other.largest);
    }

    long count() {
        return count;
    }

    double mean() {
        return sum / count;
    }

    double smallest() {
        return smallest;
    }

    double largest() {
        return largest;
    }
}
