package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Keys and values of every layer, each (capacity, rows, kv, dim). Position comes first so that one step writes one
 * contiguous block, and reading a prefix is a view.
 */
final class KvCache implements AutoCloseable {
    /** Capacity is added in blocks of this many positions: most completions end long before their limit. */
    private static final int GROWTH = 64;

    private final NDManager parent;
    private final long kv;
    private final long dim;
    private NDManager manager;
    private List<NDArray> arrays = List.of();
    private int rows;
    private int capacity;
    private int length;

    KvCache(DecoderConfig config, NDManager parent) {
        this.parent = parent;
        this.kv = config.numKeyValueHeads();
        this.dim = config.headDim();
        this.manager = parent.newSubManager();
    }

    int length() {
        return length;
    }

    /**
     * Fills the cache from a prefill.
     *
     * @param prefill keys and values of layer 0, then of layer 1, ..; each (prompts, length, kv, dim)
     * @param promptOfRow which prompt each row continues
     */
    void fill(List<NDArray> prefill, int[] promptOfRow, NDManager step) {
        int positions = (int) prefill.getFirst().getShape().get(1);
        long[] source = new long[positions * promptOfRow.length];
        for (int t = 0; t < positions; t++) {
            for (int row = 0; row < promptOfRow.length; row++) {
                source[t * promptOfRow.length + row] = (long) promptOfRow[row] * positions + t;
            }
        }
        rebuild(prefill, source, promptOfRow.length, positions, step);
    }

    /** Drops all rows but these; the rest keep their order. */
    void keep(int[] keptRows, NDManager step) {
        long[] source = new long[length * keptRows.length];
        for (int t = 0; t < length; t++) {
            for (int row = 0; row < keptRows.length; row++) {
                source[t * keptRows.length + row] = (long) t * rows + keptRows[row];
            }
        }
        rebuild(arrays, source, keptRows.length, length, step);
    }

    /** Makes room for one more position and makes it the last one. */
    void advance(NDManager step) {
        if (length == capacity) {
            int[] all = new int[rows];
            for (int row = 0; row < rows; row++) {
                all[row] = row;
            }
            keep(all, step);
        }
        length++;
    }

    /** Stores the last position of a layer: k and v are (rows, kv, dim). */
    void write(int layer, NDArray k, NDArray v, NDManager step) {
        last(2 * layer, step).addi(k);
        last(2 * layer + 1, step).addi(v);
    }

    private NDArray last(int index, NDManager step) {
        return Torch.slice(arrays.get(index), 0, length - 1, length, step).reshape(rows, kv, dim);
    }

    /** Keys of a layer up to the last position (rows, kv, dim, length): a view. */
    NDArray keys(int layer, NDManager step) {
        return Torch.slice(arrays.get(2 * layer), 0, 0, length, step).transpose(1, 2, 3, 0);
    }

    /** Values of a layer up to the last position (rows, kv, length, dim): a view. */
    NDArray values(int layer, NDManager step) {
        return Torch.slice(arrays.get(2 * layer + 1), 0, 0, length, step).transpose(1, 2, 0, 3);
    }

    /**
     * New arrays whose position t, row r is the flattened source row {@code source[t * newRows + r]}; the rest is zero.
     */
    private void rebuild(List<NDArray> sources, long[] source, int newRows, int positions, NDManager step) {
        NDManager next = parent.newSubManager();
        int newCapacity = positions + GROWTH;
        NDArray ids = step.create(source);
        List<NDArray> rebuilt = new ArrayList<>();
        for (NDArray from : sources) {
            NDArray to = next.zeros(new Shape(newCapacity, newRows, kv, dim));
            NDArray flat = from.reshape(-1, kv * dim);
            flat.attach(step);
            NDArray block = Torch.rows(flat, ids).reshape(positions, newRows, kv, dim);
            Torch.slice(to, 0, 0, positions, step).addi(block);
            block.close();
            rebuilt.add(to);
        }
        manager.close();
        manager = next;
        arrays = rebuilt;
        rows = newRows;
        capacity = newCapacity;
        length = positions;
    }

    @Override
    public void close() {
        manager.close();
    }
}
