package dev.troupe.policy;

import java.util.Arrays;
import java.util.List;

/** An immutable row-major tensor of 32-bit floats, in Java memory. */
public final class FloatTensor implements TensorValues {
    private final float[] values;
    private final List<Long> shape;

    private FloatTensor(float[] values, List<Long> shape) {
        this.values = values;
        this.shape = shape;
        long size = shape.stream().reduce(1L, Math::multiplyExact);
        if (size != values.length) {
            throw new IllegalArgumentException("shape " + shape + " holds " + size + " values, not " + values.length);
        }
    }

    public static FloatTensor of(float[] values, long... shape) {
        return owning(values.clone(), shape);
    }

    /** A copy of values that lie elsewhere. */
    static FloatTensor copyOf(TensorValues tensor) {
        float[] values = new float[Math.toIntExact(tensor.count())];
        tensor.copyTo(0, values, values.length);
        return new FloatTensor(values, List.copyOf(tensor.shape()));
    }

    /** Takes the array over without a copy; the caller must not touch it again. */
    static FloatTensor owning(float[] values, long... shape) {
        return new FloatTensor(values, Arrays.stream(shape).boxed().toList());
    }

    static FloatTensor owning(float[] values, List<Long> shape) {
        return new FloatTensor(values, List.copyOf(shape));
    }

    @Override
    public List<Long> shape() {
        return shape;
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

    @Override
    public void copyTo(long from, float[] target, int count) {
        System.arraycopy(values, Math.toIntExact(from), target, 0, count);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FloatTensor that && shape.equals(that.shape) && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return 31 * shape.hashCode() + Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return "FloatTensor" + shape;
    }
}
