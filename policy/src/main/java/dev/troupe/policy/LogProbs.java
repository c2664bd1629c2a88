package dev.troupe.policy;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;

/** Immutable natural-log probabilities, one for each token of a completion. */
public final class LogProbs {
    private final float[] values;

    private LogProbs(float[] values) {
        this.values = values;
    }

    public static LogProbs of(float... values) {
        return owning(values.clone());
    }

    public static LogProbs of(Collection<Float> values) {
        float[] copy = new float[values.size()];
        int next = 0;
        for (float value : values) {
            copy[next++] = value;
        }
        return owning(copy);
    }

    /** Takes the array over without a copy; the caller must not touch it again. */
    static LogProbs owning(float[] values) {
        for (float value : values) {
            if (Float.isNaN(value)) {
                throw new IllegalArgumentException("log-probability is NaN");
            }
        }
        return new LogProbs(values);
    }

    public int size() {
        return values.length;
    }

    public float get(int index) {
        return values[index];
    }

    public float[] toArray() {
        return values.clone();
    }

    public List<Float> asList() {
        return IntStream.range(0, values.length).mapToObj(i -> values[i]).toList();
    }

    /** The log-probability of the whole sequence. */
    public double sum() {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LogProbs that && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return Arrays.toString(values);
    }
}
