package dev.troupe.policy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.troupe.policy.CheckpointException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Stacks Hugging Face tensors into the slots of a {@link ParameterLayout}, and takes them apart again. */
final class CheckpointTensors {
    static final String SINGLE_FILE = "model.safetensors";
    private static final String INDEX_FILE = "model.safetensors.index.json";
    private static final String TIED_HEAD = "lm_head.weight";

    private CheckpointTensors() {}

    /** Reads {@code model.safetensors}, or the shards that {@code model.safetensors.index.json} names. */
    static List<FloatTensor> read(Path directory, DecoderConfig config) throws IOException {
        List<TensorFile> files = new ArrayList<>();
        try {
            for (Path file : weightFiles(directory)) {
                files.add(Safetensors.open(file));
            }
            return stack(files, ParameterLayout.of(config), "", config.tieWordEmbeddings());
        } finally {
            files.forEach(TensorFile::close);
        }
    }

    private static List<Path> weightFiles(Path directory) throws IOException {
        Path single = directory.resolve(SINGLE_FILE);
        Path index = directory.resolve(INDEX_FILE);
        if (Files.exists(single) || !Files.exists(index)) {
            return List.of(single);
        }
        Set<String> names = new HashSet<>();
        for (JsonNode name : Json.read(index, Reason.CORRUPT_HEADER).path("weight_map")) {
            names.add(name.asText());
        }
        for (String name : names) {
            if (!name.matches("[A-Za-z0-9._-]+\\.safetensors")) {
                throw new CheckpointException(
                        Reason.CORRUPT_HEADER, index, "names '" + name + "', not a safetensors file beside it");
            }
        }
        return names.stream().sorted().map(directory::resolve).toList();
    }

    /** Every tensor of the layout exactly once, with the right shape and finite values, and no other. */
    static List<FloatTensor> stack(List<TensorFile> files, ParameterLayout layout, String prefix, boolean tied)
            throws CheckpointException {
        Map<String, TensorFile> owners = new TreeMap<>();
        for (TensorFile file : files) {
            for (String name : file.names()) {
                if (name.startsWith(prefix) && owners.put(name, file) != null) {
                    throw new CheckpointException(
                            Reason.UNEXPECTED_TENSOR, file.file(), "repeats tensor '" + name + "' of another shard");
                }
            }
        }
        List<FloatTensor> stacked = new ArrayList<>();
        for (ParameterLayout.Slot slot : layout.slots()) {
            List<FloatTensor> parts = new ArrayList<>();
            for (ParameterLayout.Part part : slot.parts()) {
                String name = prefix + part.name();
                TensorFile file = owners.remove(name);
                if (file == null) {
                    throw new CheckpointException(
                            Reason.MISSING_TENSOR,
                            files.getFirst().file(),
                            "holds no tensor '" + name
                                    + "' that config.json calls for; was it saved for another model?");
                }
                parts.add(checked(file, name, slot.shape(part.rows())));
            }
            stacked.add(joined(slot, parts));
        }
        refuseRest(owners, stacked.getFirst(), tied);
        return stacked;
    }

    private static FloatTensor joined(ParameterLayout.Slot slot, List<FloatTensor> parts) {
        float[] values = new float[Math.toIntExact(slot.size())];
        int at = 0;
        for (FloatTensor part : parts) {
            part.copyTo(values, at);
            at += part.size();
        }
        return FloatTensor.owning(values, slot.shape(slot.rows()));
    }

    private static FloatTensor checked(TensorFile file, String name, List<Long> shape) throws CheckpointException {
        if (!file.shape(name).equals(shape)) {
            throw new CheckpointException(
                    Reason.SHAPE_MISMATCH,
                    file.file(),
                    "tensor '" + name + "' has shape " + file.shape(name) + " where config.json calls for " + shape);
        }
        return finite(file, name);
    }

    private static FloatTensor finite(TensorFile file, String name) throws CheckpointException {
        FloatTensor tensor = file.floats(name);
        for (int i = 0; i < tensor.size(); i++) {
            if (!Float.isFinite(tensor.get(i))) {
                throw new CheckpointException(
                        Reason.BAD_VALUE,
                        file.file(),
                        "tensor '" + name + "' holds " + tensor.get(i) + " at " + i + "; use an earlier checkpoint");
            }
        }
        return tensor;
    }

    private static void refuseRest(Map<String, TensorFile> rest, FloatTensor embedding, boolean tied)
            throws CheckpointException {
        for (var entry : rest.entrySet()) {
            String name = entry.getKey();
            // Old exports carry this constant; it follows from rope_theta.
            boolean derived = name.endsWith(".rotary_emb.inv_freq");
            boolean tiedCopy = tied
                    && name.equals(TIED_HEAD)
                    && entry.getValue().floats(name).equals(embedding);
            if (!derived && !tiedCopy) {
                throw new CheckpointException(
                        Reason.UNEXPECTED_TENSOR,
                        entry.getValue().file(),
                        "holds tensor '" + name + "', for which config.json has no place");
            }
        }
    }

    /** The inverse of stacking. */
    static Map<String, FloatTensor> split(ParameterLayout layout, List<FloatTensor> stacked, String prefix) {
        Map<String, FloatTensor> tensors = new TreeMap<>();
        for (int i = 0; i < stacked.size(); i++) {
            ParameterLayout.Slot slot = layout.slots().get(i);
            float[] all = stacked.get(i).toArray();
            int at = 0;
            for (ParameterLayout.Part part : slot.parts()) {
                float[] values = new float[Math.toIntExact(slot.partSize(part.rows()))];
                System.arraycopy(all, at, values, 0, values.length);
                at += values.length;
                tensors.put(prefix + part.name(), FloatTensor.owning(values, slot.shape(part.rows())));
            }
        }
        return tensors;
    }
}
