package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

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
     * Drops all rows but these, which keep their order, and leading columns.
     *
     * @param from first column that stays
     */
    void keep(int[] kept, int from, NDManager step) {
        rebuild(List.of(present(kept, from)), step);
    }

    /**
     * As {@link #keep}, and adds rows behind them; all end in the same column.
     *
     * @param prefill keys and values of layer 0, then of layer 1, ..; each (prompts, length, kv, dim)
     * @param promptOfRow which prompt each new row continues
     */
    void admit(int[] kept, int from, List<NDArray> prefill, int[] promptOfRow, NDManager step) {
        List<NDArray> prompts =
                prefill.stream().map(array -> array.transpose(0, 2, 1, 3)).toList();
        int columns = (int) prompts.getFirst().getShape().get(POSITION);
        var coming = new Block(prompts, promptOfRow, 0, columns);
        rebuild(kept.length == 0 ? List.of(coming) : List.of(present(kept, from), coming), step);
    }

    /**
     * As {@link #keep}, and adds rows behind them that begin as present ones do.
     *
     * @param beginnings of the new rows in order
     * @param columns where the present rows lie
     */
    void fork(int[] kept, List<DecodingBatch.Beginning> beginnings, BatchColumns columns, NDManager step) {
        List<Block> blocks = new ArrayList<>();
        if (kept.length > 0) {
            blocks.add(present(kept, columns.unused(kept)));
        }
        for (DecodingBatch.Beginning beginning : beginnings) {
            int from = columns.begin(beginning.row());
            int[] rows = new int[beginning.count()];
            Arrays.fill(rows, beginning.row());
            blocks.add(new Block(arrays, rows, from, from + beginning.tokens()));
        }
        rebuild(blocks, step);
    }

    private Block present(int[] rows, int from) {
        return new Block(arrays, rows, from, length);
    }

    /** Makes room for one more position and makes it the last one. */
    void advance(NDManager step) {
        if (length == capacity) {
            int rows = (int) arrays.getFirst().getShape().get(0);
            keep(IntStream.range(0, rows).toArray(), 0, step);
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

    /**
     * Rows of arrays (n, kv, columns, dim).
     *
     * @param rows which
     * @param from first column
     * @param end behind the last column
     */
    private record Block(List<NDArray> arrays, List<Long> rows, int from, int end) {
        Block(List<NDArray> arrays, int[] rows, int from, int end) {
            this(arrays, IntStream.of(rows).asLongStream().boxed().toList(), from, end);
        }

        int columns() {
            return end - from;
        }

        /** (rows, kv, columns, dim) */
        NDArray gather(int index, NDArray ids, NDManager step) {
            NDArray used = Torch.slice(arrays.get(index), POSITION, from, end, step);
            NDArray flat = used.reshape(used.getShape().get(0), -1);
            NDArray rows = Torch.rows(flat, ids);
            flat.close();
            return rows;
        }
    }

    /** New arrays of these blocks, one below the other, with room to grow; zero where nothing is stored. */
    private void rebuild(List<Block> blocks, NDManager step) {
        NDManager next = parent.newSubManager();
        int filled = blocks.stream().mapToInt(Block::columns).max().orElseThrow();
        int room = filled + GROWTH;
        long rows = blocks.stream().mapToLong(block -> block.rows().size()).sum();
        List<NDArray> ids = blocks.stream()
                .map(block -> step.create(
                        block.rows().stream().mapToLong(Long::longValue).toArray()))
                .toList();
        List<NDArray> rebuilt = new ArrayList<>();
        for (int index = 0; index < blocks.getFirst().arrays().size(); index++) {
            NDArray target = next.zeros(new Shape(rows, kv, room, dim));
            long first = 0;
            for (int i = 0; i < blocks.size(); i++) {
                Block block = blocks.get(i);
                long count = block.rows().size();
                try (NDArray source = block.gather(index, ids.get(i), step)) {
                    NDArray place = Torch.slice(target, 0, first, first + count, step);
                    Torch.slice(place, POSITION, (long) filled - block.columns(), filled, step)
                            .addi(source.reshape(count, kv, block.columns(), dim));
                }
                first += count;
            }
            rebuilt.add(target);
        }
        manager.close();
        manager = next;
        arrays = rebuilt;
        length = filled;
        capacity = room;
    }
}
