package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/** The parts of a Llama layer that training and serving share. */
final class DecoderOps {
    /** Added to scores that must not count; finite, so that a row without any key gives numbers and not NaN. */
    static final float MASKED = -1e9f;

    private DecoderOps() {}

    /** RMSNorm without its weight (arXiv 1910.07467, eq. 4), over the last axis. */
    static NDArray rmsNormalize(NDArray x, double epsilon) {
        long width = x.getShape().get(x.getShape().dimension() - 1);
        // The engine's mean costs several times its sum.
        NDArray rms = Torch.scaled(x.square().sum(new int[] {-1}, true), 1f / width)
                .addi((float) epsilon)
                .sqrt();
        return x.div(rms);
    }

    /** silu(gate) * up (arXiv 2002.05202, eq. 6), for gate and up side by side on the last axis. */
    static NDArray swiGlu(NDArray gateUp, int intermediateSize) {
        int axis = gateUp.getShape().dimension() - 1;
        NDList parts = gateUp.split(new long[] {intermediateSize}, axis);
        NDArray gate = parts.get(0);
        return gate.mul(Torch.sigmoid(gate)).mul(parts.get(1));
    }

    /**
     * Grouped-query attention (arXiv 2305.13245) of a whole sequence onto itself; the queries of a group share one
     * product with their keys, so keys and values are never repeated.
     *
     * @param q (batch, length, heads, dim), already scaled
     * @param k (batch, length, kv, dim)
     * @param v (batch, length, kv, dim)
     * @param mask broadcasts to (batch, kv, group, length, length); added to the scores
     * @return (batch, length, heads * dim)
     */
    static NDArray selfAttention(NDArray q, NDArray k, NDArray v, NDArray mask) {
        long batch = q.getShape().get(0);
        long length = q.getShape().get(1);
        long heads = q.getShape().get(2);
        long dim = q.getShape().get(3);
        long kv = k.getShape().get(2);
        long group = heads / kv;
        NDArray queries = q.reshape(batch, length, kv, group, dim)
                .transpose(0, 2, 3, 1, 4)
                .reshape(batch, kv, group * length, dim);
        NDArray attention = queries.matMul(k.transpose(0, 2, 3, 1))
                .reshape(batch, kv, group, length, length)
                .add(mask)
                .softmax(-1)
                .reshape(batch, kv, group * length, length);
        return attention
                .matMul(v.transpose(0, 2, 1, 3))
                .reshape(batch, kv, group, length, dim)
                .transpose(0, 3, 1, 2, 4)
                .reshape(batch, length, heads * dim);
    }

    /** (length, length): 0 up to the diagonal, {@link #MASKED} behind it. */
    static NDArray causalMask(int length, NDManager manager) {
        float[] mask = new float[length * length];
        for (int row = 0; row < length; row++) {
            for (int column = row + 1; column < length; column++) {
                mask[row * length + column] = MASKED;
            }
        }
        return Torch.owned(manager.create(mask, new Shape(length, length)));
    }
}
