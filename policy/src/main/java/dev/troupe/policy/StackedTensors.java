package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.troupe.policy.CheckpointException.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The tensors of a {@link ParameterLayout} in open files. Names and shapes are checked when it is made; values stay in
 * the mapped files until {@link #load} copies one slot into torch's memory.
 */
final class StackedTensors {
    /** Values on their way from a file to torch; bounds the Java memory that loading takes. */
    private static final int PIECE = 1 << 22;

    private static final String EMBEDDING = "model.embed_tokens.weight";
    private static final String TIED_HEAD = "lm_head.weight";

    private final ParameterLayout layout;
    private final String prefix;
    private final Map<String, TensorFile> owners;

    private StackedTensors(ParameterLayout layout, String prefix, Map<String, TensorFile> owners) {
        this.layout = layout;
        this.prefix = prefix;
        this.owners = owners;
    }

    /**
     * Finds every tensor of the layout exactly once, with the right shape, and no other.
     *
     * @param prefix of the names that belong to the layout; tensors with other names are left alone
     * @param tied whether a head that equals the embedding may be there
     */
    static StackedTensors check(List<TensorFile> files, ParameterLayout layout, String prefix, boolean tied)
            throws CheckpointException {
        SortedMap<String, TensorFile> found = new TreeMap<>();
        for (TensorFile file : files) {
            for (String name : file.names()) {
                if (name.startsWith(prefix) && found.put(name, file) != null) {
                    throw new CheckpointException(
                            Reason.UNEXPECTED_TENSOR, file.file(), "repeats tensor '" + name + "' of another shard");
                }
            }
        }
        Map<String, TensorFile> owners = new HashMap<>();
        for (ParameterLayout.Slot slot : layout.slots()) {
            for (ParameterLayout.Part part : slot.parts()) {
                String name = prefix + part.name();
                TensorFile file = found.remove(name);
                if (file == null) {
                    throw new CheckpointException(
                            Reason.MISSING_TENSOR,
                            files.getFirst().file(),
                            "holds no tensor '" + name
                                    + "' that config.json calls for; was it saved for another model?");
                }
                checkShape(file, name, slot.shape(part.rows()));
                owners.put(name, file);
            }
        }
        var stacked = new StackedTensors(layout, prefix, Map.copyOf(owners));
        stacked.refuseRest(found, tied);
        return stacked;
    }

    private static void checkShape(TensorFile file, String name, List<Long> shape) throws CheckpointException {
        if (!file.shape(name).equals(shape)) {
            throw new CheckpointException(
                    Reason.SHAPE_MISMATCH,
                    file.file(),
                    "tensor '" + name + "' has shape " + file.shape(name) + " where config.json calls for " + shape);
        }
    }

    private void refuseRest(SortedMap<String, TensorFile> rest, boolean tied) throws CheckpointException {
        for (var entry : rest.entrySet()) {
            String name = entry.getKey();
            // Old exports carry this constant; it follows from rope_theta.
            boolean derived = name.endsWith(".rotary_emb.inv_freq");
            boolean tiedCopy = tied && name.equals(TIED_HEAD) && equalsEmbedding(entry.getValue());
            if (!derived && !tiedCopy) {
                throw new CheckpointException(
                        Reason.UNEXPECTED_TENSOR,
                        entry.getValue().file(),
                        "holds tensor '" + name + "', for which config.json has no place");
            }
        }
    }

    private boolean equalsEmbedding(TensorFile head) throws CheckpointException {
        TensorFile embedding = owner(prefix + EMBEDDING);
        return head.shape(TIED_HEAD).equals(embedding.shape(prefix + EMBEDDING))
                && head.sameBytes(TIED_HEAD, embedding, prefix + EMBEDDING);
    }

    /**
     * Copies a slot into memory that torch owns.
     *
     * @return shaped like the slot; it belongs to the manager
     * @throws CheckpointException when a value is not finite
     */
    NDArray load(int slot, NDManager manager) throws CheckpointException {
        ParameterLayout.Slot shape = layout.slots().get(slot);
        try (NDManager step = manager.newSubManager()) {
            var pieces = new NDList();
            for (ParameterLayout.Part part : shape.parts()) {
                addPieces(pieces, prefix + part.name(), shape.partSize(part.rows()), step);
            }
            NDArray whole = Torch.concat(pieces)
                    .reshape(new Shape(shape.shape(shape.rows()).stream()
                            .mapToLong(Long::longValue)
                            .toArray()));
            whole.attach(manager);
            return whole;
        }
    }

    /** Every slot, in the order of the layout. */
    List<NDArray> loadAll(NDManager manager) throws CheckpointException {
        List<NDArray> all = new ArrayList<>();
        for (int slot : layout.indices()) {
            all.add(load(slot, manager));
        }
        return all;
    }

    private void addPieces(NDList pieces, String name, long size, NDManager step) throws CheckpointException {
        TensorFile file = owner(name);
        for (long from = 0; from < size; from += PIECE) {
            float[] values = new float[(int) Math.min(PIECE, size - from)];
            file.read(name, from, values);
            refuseNonFinite(file, name, from, values);
            // Torch's own memory: its alignment, and with it every rounding, is always the same.
            pieces.add(Torch.owned(step.create(values)));
        }
    }

    private static void refuseNonFinite(TensorFile file, String name, long from, float[] values)
            throws CheckpointException {
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new CheckpointException(
                        Reason.BAD_VALUE,
                        file.file(),
                        "tensor '" + name + "' holds " + values[i] + " at " + (from + i)
                                + "; use an earlier checkpoint");
            }
        }
    }

    private TensorFile owner(String name) {
        TensorFile file = owners.get(name);
        if (file == null) {
            throw new IllegalStateException("not in the layout: " + name);
        }
        return file;
    }

    /** The inverse of stacking: each slot's array as the tensors it was stacked from, by name. */
    static Map<String, TensorValues> split(
            ParameterLayout layout, List<NDArray> stacked, String prefix, NDManager step) {
        Map<String, TensorValues> tensors = new TreeMap<>();
        for (int i = 0; i < stacked.size(); i++) {
            ParameterLayout.Slot slot = layout.slots().get(i);
            NDArray flat = stacked.get(i).reshape(-1);
            flat.attach(step);
            long at = 0;
            for (ParameterLayout.Part part : slot.parts()) {
                tensors.put(prefix + part.name(), new ArrayValues(flat, at, slot.shape(part.rows())));
                at += slot.partSize(part.rows());
            }
        }
        return tensors;
    }
}
