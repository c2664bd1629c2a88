package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A decoder's parameters in torch's memory, all of which belongs to the manager.
 *
 * @param parameters in the order of {@link ParameterLayout#slots()}
 */
record LoadedDecoder(
        DecoderConfig config, Map<String, byte[]> tokenizerFiles, NDManager manager, List<NDArray> parameters) {
    LoadedDecoder {
        tokenizerFiles = Map.copyOf(tokenizerFiles);
        parameters = List.copyOf(parameters);
    }

    static LoadedDecoder load(Path directory, ComputeDevice device) throws IOException {
        try (CheckpointReader checkpoint = CheckpointReader.open(directory)) {
            NDManager manager = Torch.newManager(device);
            boolean loaded = false;
            try {
                List<NDArray> parameters = checkpoint.loadAll(manager);
                loaded = true;
                return new LoadedDecoder(checkpoint.config(), checkpoint.tokenizerFiles(), manager, parameters);
            } finally {
                if (!loaded) {
                    manager.close();
                }
            }
        }
    }

    /** Random weights; equal seeds give equal weights. There are no tokenizer files. */
    static LoadedDecoder initialize(DecoderConfig config, long seed, ComputeDevice device) {
        NDManager manager = Torch.newManager(device);
        List<NDArray> parameters = Initialization.parameters(config, seed).stream()
                .map(parameter -> Torch.resident(manager, parameter))
                .toList();
        return new LoadedDecoder(config, Map.of(), manager, parameters);
    }
}
