package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
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
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An open Hugging Face checkpoint directory. Everything is checked against config.json when it opens; weights stay in
 * the mapped files, so that a large checkpoint is never in memory twice.
 */
final class CheckpointReader implements AutoCloseable {
    static final String WEIGHTS_FILE = "model.safetensors";
    private static final String INDEX_FILE = "model.safetensors.index.json";
    private static final List<String> TOKENIZER_FILES = List.of(
            "tokenizer.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "chat_template.jinja",
            "vocab.json",
            "merges.txt");

    private final DecoderConfig config;
    private final ParameterLayout layout;
    private final Map<String, byte[]> tokenizerFiles;
    private final List<TensorFile> files;
    private final StackedTensors tensors;

    private CheckpointReader(
            DecoderConfig config,
            ParameterLayout layout,
            Map<String, byte[]> tokenizerFiles,
            List<TensorFile> files,
            StackedTensors tensors) {
        this.config = config;
        this.layout = layout;
        this.tokenizerFiles = Map.copyOf(tokenizerFiles);
        this.files = files;
        this.tensors = tensors;
    }

    /**
     * Opens the directory: {@code model.safetensors}, or the shards that {@code model.safetensors.index.json} names.
     */
    static CheckpointReader open(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new CheckpointException(Reason.MISSING_FILE, directory, "is not a checkpoint directory");
        }
        DecoderConfig config = DecoderConfigJson.withGenerationConfig(
                DecoderConfig.read(directory.resolve("config.json")), directory.resolve("generation_config.json"));
        Map<String, byte[]> tokenizerFiles = tokenizerFiles(directory);
        ParameterLayout layout = ParameterLayout.of(config);
        List<TensorFile> files = new ArrayList<>();
        boolean opened = false;
        try {
            for (Path file : weightFiles(directory)) {
                files.add(Safetensors.open(file));
            }
            StackedTensors tensors = StackedTensors.check(files, layout, "", config.tieWordEmbeddings());
            opened = true;
            return new CheckpointReader(config, layout, tokenizerFiles, files, tensors);
        } finally {
            if (!opened) {
                files.forEach(TensorFile::close);
            }
        }
    }

    private static Map<String, byte[]> tokenizerFiles(Path directory) throws IOException {
        SortedMap<String, byte[]> contents = new TreeMap<>();
        for (String name : TOKENIZER_FILES) {
            Path file = directory.resolve(name);
            if (Files.isRegularFile(file)) {
                if (Files.size(file) > Json.MAX_FILE_BYTES) {
                    throw new CheckpointException(
                            Reason.TOO_LARGE, file, "has more than " + Json.MAX_FILE_BYTES + " bytes");
                }
                contents.put(name, Files.readAllBytes(file));
            }
        }
        return contents;
    }

    private static List<Path> weightFiles(Path directory) throws IOException {
        Path single = directory.resolve(WEIGHTS_FILE);
        Path index = directory.resolve(INDEX_FILE);
        if (Files.exists(single) || !Files.exists(index)) {
            return List.of(single);
        }
        Set<String> names = new HashSet<>();
        for (JsonNode name : Json.read(index, Reason.CORRUPT_HEADER).path("weight_map")) {
            names.add(name.asText());
        }
        if (names.isEmpty()) {
            throw new CheckpointException(
                    Reason.CORRUPT_HEADER, index, "has no 'weight_map' with shards; fetch it again");
        }
        for (String name : names) {
            if (!name.matches("[A-Za-z0-9._-]+\\.safetensors")) {
                throw new CheckpointException(
                        Reason.CORRUPT_HEADER, index, "names '" + name + "', not a safetensors file beside it");
            }
        }
        return names.stream().sorted().map(directory::resolve).toList();
    }

    DecoderConfig config() {
        return config;
    }

    ParameterLayout layout() {
        return layout;
    }

    /** Contents by file name, so that what is saved later carries its tokenizer even when this directory is gone. */
    Map<String, byte[]> tokenizerFiles() {
        return tokenizerFiles;
    }

    /** The parameter of a slot of {@link #layout()}, in torch's memory and owned by the manager. */
    NDArray load(int slot, NDManager manager) throws CheckpointException {
        return tensors.load(slot, manager);
    }

    /** All parameters, in the order of {@link #layout()}. */
    List<NDArray> loadAll(NDManager manager) throws CheckpointException {
        return tensors.loadAll(manager);
    }

    @Override
    public void close() {
        files.forEach(TensorFile::close);
    }
}
