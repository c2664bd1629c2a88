package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Keys and values of every layer, each (rows, kv, capacity, dim): a head's positions lie side by side, so that writing
 * one position and reading all of them are views.
 */
final class KvCache {
    /** Capacity is added in blocks of this many positions: most completions end long before their limit. */
    static final int GROWTH = 64;

    private static final int POSITION = 2;

    private final NDManager parent;
    private final long kv;
    private final long dim;
    private NDManager manager;
    private List<NDArray> arrays = List.of();
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
        length = (int) prefill.getFirst().getShape().get(1);
        rebuild(prefill.stream().map(array -> array.transpose(0, 2, 1, 3)).toList(), promptOfRow, step);
    }

    /** Drops all rows but these; the rest keep their order. */
    void keep(int[] keptRows, NDManager step) {
        rebuild(used(step), keptRows, step);
    }

    /** Makes room for one more position and makes it the last one. */
    void advance(NDManager step) {
        if (length == capacity) {
            int rows = (int) arrays.getFirst().getShape().get(0);
            int[] all = new int[rows];
            for (int row = 0; row < rows; row++) {
                all[row] = row;
            }
            rebuild(used(step), all, step);
        }
        length++;
    }

    /** Stores the last position of a layer: k and v are (rows, kv, dim). */
    void write(int layer, NDArray k, NDArray v, NDManager step) {
        last(2 * layer, step).addi(k.expandDims(POSITION));
        last(2 * layer + 1, step).addi(v.expandDims(POSITION));
    }

    private NDArray last(int index, NDManager step) {
        return Torch.slice(arrays.get(index), POSITION, length - 1L, length, step);
    }

    /** Keys of a layer up to the last position (rows, kv, dim, length): a view. */
    NDArray keys(int layer, NDManager step) {
        return Torch.slice(arrays.get(2 * layer), POSITION, 0, length, step).transpose(0, 1, 3, 2);
    }

    /** Values of a layer up to the last position (rows, kv, length, dim): a view. */
    NDArray values(int layer, NDManager step) {
        return Torch.slice(arrays.get(2 * layer + 1), POSITION, 0, length, step);
    }

    private List<NDArray> used(NDManager step) {
        return arrays.stream()
                .map(array -> Torch.slice(array, POSITION, 0, length, step))
                .toList();
    }

    /** New arrays from rows of (n, kv, length, dim), with room to grow; zero where nothing is stored yet. */
    private void rebuild(List<NDArray> sources, int[] sourceRows, NDManager step) {
        NDManager next = parent.newSubManager();
        capacity = length + GROWTH;
        NDArray ids = step.create(LongStream.range(0, sourceRows.length)
                .map(i -> sourceRows[(int) i])
                .toArray());
        List<NDArray> rebuilt = new ArrayList<>();
        for (NDArray source : sources) {
            NDArray target = next.zeros(new Shape(sourceRows.length, kv, capacity, dim));
            NDArray flat = source.reshape(source.getShape().get(0), -1);
            NDArray block = Torch.rows(flat, ids).reshape(sourceRows.length, kv, length, dim);
            Torch.slice(target, POSITION, 0, length, step).addi(block);
            block.close();
            flat.close();
            rebuilt.add(target);
        }
        manager.close();
        manager = next;
        arrays = rebuilt;
    }
}
