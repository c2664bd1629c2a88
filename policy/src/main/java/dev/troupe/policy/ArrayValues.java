package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;

/**
 * Values of a device array, or of some of its rows.
 *
 * @param flat all values of the array as a vector
 * @param offset where the tensor begins in it
 */
record ArrayValues(NDArray flat, long offset, List<Long> shape) implements TensorValues {
    ArrayValues {
        shape = List.copyOf(shape);
    }

    @Override
    public void copyTo(long from, float[] target, int count) {
        try (NDManager step = flat.getManager().newSubManager()) {
            float[] piece = Torch.slice(flat, 0, offset + from, offset + from + count, step)
                    .toFloatArray();
            System.arraycopy(piece, 0, target, 0, count);
        }
    }
}
