package dev.troupe.policy;

import java.util.List;

/**
 * Prompts side by side, padded on the left: ids, positions and mask are (prompts, length) row-major, positions count
 * from each prompt's first token, the mask is {@link DecoderOps#MASKED} over padding.
 */
final class LeftPadded {
    private final long[] ids;
    private final long[] positions;
    private final float[] mask;
    private final boolean hasPadding;

    private LeftPadded(long[] ids, long[] positions, float[] mask, boolean hasPadding) {
        this.ids = ids;
        this.positions = positions;
        this.mask = mask;
        this.hasPadding = hasPadding;
    }

    static LeftPadded of(List<TokenIds> prompts, int length) {
        long[] ids = new long[prompts.size() * length];
        long[] positions = new long[ids.length];
        float[] mask = new float[ids.length];
        boolean padded = false;
        for (int row = 0; row < prompts.size(); row++) {
            TokenIds prompt = prompts.get(row);
            int padding = length - prompt.size();
            padded |= padding > 0;
            for (int column = 0; column < length; column++) {
                int at = row * length + column;
                if (column < padding) {
                    mask[at] = DecoderOps.MASKED;
                } else {
                    ids[at] = prompt.get(column - padding);
                    positions[at] = (long) column - padding;
                }
            }
        }
        return new LeftPadded(ids, positions, mask, padded);
    }

    long[] ids() {
        return ids;
    }

    long[] positions() {
        return positions;
    }

    float[] mask() {
        return mask;
    }

    boolean hasPadding() {
        return hasPadding;
    }
}
