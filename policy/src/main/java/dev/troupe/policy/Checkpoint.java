package dev.troupe.policy;

import dev.troupe.policy.CheckpointException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A Hugging Face checkpoint directory in memory.
 *
 * @param parameters in the order of {@link ParameterLayout#slots()}
 * @param tokenizerFiles contents by file name, kept so that a saved checkpoint carries its tokenizer even when the
 *     directory it came from is gone
 */
record Checkpoint(DecoderConfig config, List<FloatTensor> parameters, Map<String, byte[]> tokenizerFiles) {
    private static final List<String> TOKENIZER_FILES = List.of(
            "tokenizer.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "chat_template.jinja",
            "vocab.json",
            "merges.txt");

    Checkpoint {
        parameters = List.copyOf(parameters);
        tokenizerFiles = Map.copyOf(tokenizerFiles);
    }

    static Checkpoint read(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new CheckpointException(Reason.MISSING_FILE, directory, "is not a checkpoint directory");
        }
        DecoderConfig config = DecoderConfig.read(directory.resolve("config.json"));
        SortedMap<String, byte[]> tokenizerFiles = new TreeMap<>();
        for (String name : TOKENIZER_FILES) {
            Path file = directory.resolve(name);
            if (Files.isRegularFile(file)) {
                if (Files.size(file) > Json.MAX_FILE_BYTES) {
                    throw new CheckpointException(
                            Reason.TOO_LARGE, file, "has more than " + Json.MAX_FILE_BYTES + " bytes");
                }
                tokenizerFiles.put(name, Files.readAllBytes(file));
            }
        }
        return new Checkpoint(config, CheckpointTensors.read(directory, config), tokenizerFiles);
    }

    /** Writes the directory; the weights appear under their name only when they are complete. */
    void write(Path directory) throws IOException {
        Files.createDirectories(directory);
        Json.write(directory.resolve("config.json"), DecoderConfigJson.write(config));
        Json.write(directory.resolve("generation_config.json"), DecoderConfigJson.writeGenerationConfig(config));
        for (var file : tokenizerFiles.entrySet()) {
            Files.write(directory.resolve(file.getKey()), file.getValue());
        }
        writeAtomically(
                directory.resolve(CheckpointTensors.SINGLE_FILE),
                CheckpointTensors.split(ParameterLayout.of(config), parameters, ""),
                Map.of());
    }

    static void writeAtomically(Path file, Map<String, FloatTensor> tensors, Map<String, String> metadata)
            throws IOException {
        Path incomplete = file.resolveSibling(file.getFileName() + ".incomplete");
        Safetensors.write(incomplete, tensors, metadata);
        Files.move(incomplete, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
