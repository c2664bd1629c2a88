package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.troupe.policy.CheckpointException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * An open PEFT adapter directory, checked against the base it is for. PEFT silently drops tensors of modules that are
 * not in {@code target_modules}; here they are refused.
 */
final class AdapterReader implements AutoCloseable {
    static final String CONFIG_FILE = "adapter_config.json";
    static final String WEIGHTS_FILE = "adapter_model.safetensors";

    private final LoraConfig lora;
    private final ParameterLayout layout;
    private final TensorFile file;
    private final StackedTensors tensors;

    private AdapterReader(LoraConfig lora, ParameterLayout layout, TensorFile file, StackedTensors tensors) {
        this.lora = lora;
        this.layout = layout;
        this.file = file;
        this.tensors = tensors;
    }

    static AdapterReader open(Path directory, DecoderConfig base) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new CheckpointException(Reason.MISSING_FILE, directory, "is not an adapter directory");
        }
        LoraConfig lora = LoraConfig.read(directory.resolve(CONFIG_FILE));
        ParameterLayout layout = LoraWeights.layout(base, lora);
        TensorFile file = Safetensors.open(directory.resolve(WEIGHTS_FILE));
        boolean opened = false;
        try {
            StackedTensors tensors = StackedTensors.check(List.of(file), layout, "", false);
            opened = true;
            return new AdapterReader(lora, layout, file, tensors);
        } finally {
            if (!opened) {
                file.close();
            }
        }
    }

    LoraConfig lora() {
        return lora;
    }

    ParameterLayout layout() {
        return layout;
    }

    /** The matrix of a slot of {@link #layout()}, in torch's memory and owned by the manager. */
    NDArray load(int slot, NDManager manager) throws CheckpointException {
        return tensors.load(slot, manager);
    }

    /** All matrices, in the order of {@link #layout()}. */
    List<NDArray> loadAll(NDManager manager) throws CheckpointException {
        return tensors.loadAll(manager);
    }

    @Override
    public void close() {
        file.close();
    }
}
