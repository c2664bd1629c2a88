package dev.troupe.policy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/** Writes Hugging Face checkpoint directories; equal content gives equal bytes. */
final class CheckpointWriter {
    private CheckpointWriter() {}

    /** The weights appear under their name only when they are complete. */
    static void write(
            Path directory,
            DecoderConfig config,
            Map<String, ? extends TensorValues> tensors,
            Map<String, byte[]> tokenizerFiles)
            throws IOException {
        Files.createDirectories(directory);
        Json.write(directory.resolve("config.json"), DecoderConfigJson.write(config));
        Json.write(directory.resolve("generation_config.json"), DecoderConfigJson.writeGenerationConfig(config));
        for (var file : tokenizerFiles.entrySet()) {
            Files.write(directory.resolve(file.getKey()), file.getValue());
        }
        writeAtomically(directory.resolve(CheckpointReader.WEIGHTS_FILE), tensors, Map.of());
    }

    /** A PEFT directory; vLLM reads the same layout. */
    static void writeAdapter(Path directory, LoraConfig lora, Map<String, ? extends TensorValues> tensors)
            throws IOException {
        Files.createDirectories(directory);
        Json.write(directory.resolve(AdapterReader.CONFIG_FILE), LoraConfigJson.write(lora));
        writeAtomically(directory.resolve(AdapterReader.WEIGHTS_FILE), tensors, Map.of());
    }

    static void writeAtomically(Path file, Map<String, ? extends TensorValues> tensors, Map<String, String> metadata)
            throws IOException {
        Path incomplete = file.resolveSibling(file.getFileName() + ".incomplete");
        Safetensors.write(incomplete, tensors, metadata);
        Files.move(incomplete, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
