package dev.troupe.policy;

import java.util.List;

/** A tensor on its way into a file: its shape is known at once, its values are fetched in pieces. */
public interface TensorValues {
    /** The dimensions, outermost first. */
    List<Long> shape();

    /** Fills the front of {@code target} with {@code count} values from index {@code from} on, row-major. */
    void copyTo(long from, float[] target, int count);

    /** The number of values. */
    default long count() {
        return shape().stream().reduce(1L, Math::multiplyExact);
    }
}
