package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/** Rotary positions (arXiv 2104.09864) in Hugging Face's half-rotation order. */
final class RopeTable {
    /** A table this long takes 25 MB at head size 128; longer contexts are out of this decoder's reach anyway. */
    private static final int MAX_POSITIONS = 1 << 15;

    private final int positions;
    private final int half;
    /** (positions, half) */
    private final NDArray cos;
    /** (positions, 2 * half): minus the sine, then the sine. */
    private final NDArray sin;

    RopeTable(DecoderConfig config, NDManager manager) {
        positions = positions(config);
        half = config.headDim() / 2;
        float[] cosines = new float[positions * half];
        float[] sines = new float[positions * half * 2];
        for (int i = 0; i < half; i++) {
            // In single precision, as transformers computes it: late positions feel the difference.
            float frequency =
                    config.ropeScaling().scaled((float) (1 / Math.pow(config.ropeTheta(), 2.0 * i / config.headDim())));
            for (int position = 0; position < positions; position++) {
                float angle = position * frequency;
                cosines[position * half + i] = (float) Math.cos(angle);
                float sine = (float) Math.sin(angle);
                sines[position * half * 2 + i] = -sine;
                sines[position * half * 2 + half + i] = sine;
            }
        }
        cos = Torch.resident(manager, FloatTensor.owning(cosines, positions, half));
        sin = Torch.resident(manager, FloatTensor.owning(sines, positions, half * 2L));
    }

    /** How many positions a sequence may have. */
    static int positions(DecoderConfig config) {
        return Math.min(config.maxPositionEmbeddings(), MAX_POSITIONS);
    }

    /**
     * Rotations for positions 0 to {@code length} - 1 of every sequence: they broadcast over (batch, length, heads).
     */
    Rotation leading(int length, NDManager step) {
        return new Rotation(
                Torch.slice(cos, 0, 0, length, step).reshape(1, length, 1, 1, half),
                Torch.slice(sin, 0, 0, length, step).reshape(1, length, 1, 2, half));
    }

    /** Rotations for the given positions (rows, length). */
    Rotation at(NDArray ids, long rows, long length) {
        return new Rotation(
                Torch.rows(cos, ids).reshape(rows, length, 1, 1, half),
                Torch.rows(sin, ids).reshape(rows, length, 1, 2, half));
    }

    /** Cosines (rows, length, 1, 1, half) and signed sines (rows, length, 1, 2, half). */
    record Rotation(NDArray cos, NDArray sin) {
        /** Rotates (rows, length, heads, 2 * half). */
        NDArray apply(NDArray x) {
            Shape shape = x.getShape();
            NDArray halves = x.reshape(shape.get(0), shape.get(1), shape.get(2), 2, shape.get(3) / 2);
            return halves.mul(cos).add(halves.flip(3).mul(sin)).reshape(shape);
        }
    }
}
