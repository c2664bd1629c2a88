package dev.troupe.policy;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Where the rows of a batch lie in its cache: all of them end in the same column, and shorter ones begin later. What
 * lies before a row's beginning is padding, and masked.
 *
 * <p>Immutable.
 */
final class BatchColumns {
    static final BatchColumns NONE = new BatchColumns(0, new int[0]);

    private final int length;
    private final int[] padding;

    private BatchColumns(int length, int[] padding) {
        this.length = length;
        this.padding = padding;
    }

    /** Columns that are filled. */
    int length() {
        return length;
    }

    int rows() {
        return padding.length;
    }

    /** The column in which a row begins. */
    int begin(int row) {
        return padding[row];
    }

    /** How many leading columns none of these rows has a use for. */
    int unused(int[] rows) {
        return IntStream.of(rows).map(row -> padding[row]).min().orElse(length);
    }

    /** These rows alone, without the columns that are then unused. */
    BatchColumns keep(int[] rows) {
        int unused = unused(rows);
        return new BatchColumns(
                length - unused,
                IntStream.of(rows).map(row -> padding[row] - unused).toArray());
    }

    /** Rows behind these, as long as their prompts. */
    BatchColumns join(int[] prompts) {
        int longest = IntStream.of(prompts).max().orElse(0);
        int joined = Math.max(length, longest);
        IntStream present = IntStream.of(padding).map(columns -> columns + joined - length);
        IntStream coming = IntStream.of(prompts).map(prompt -> joined - prompt);
        return new BatchColumns(joined, IntStream.concat(present, coming).toArray());
    }

    /** One more column, filled in every row. */
    BatchColumns advance() {
        return new BatchColumns(length + 1, padding);
    }

    /** Columns of the longest padding. */
    int widestPadding() {
        return Arrays.stream(padding).max().orElse(0);
    }

    /** {@link DecoderOps#MASKED} over padding and 0 elsewhere, (rows, widest padding) row-major. */
    float[] mask() {
        int width = widestPadding();
        float[] mask = new float[padding.length * width];
        for (int row = 0; row < padding.length; row++) {
            Arrays.fill(mask, row * width, row * width + padding[row], DecoderOps.MASKED);
        }
        return mask;
    }
}
