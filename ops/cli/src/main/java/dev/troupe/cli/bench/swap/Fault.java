package dev.troupe.cli.bench.swap;

import dev.troupe.cli.files.Directories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What can be wrong with a version that was announced. */
enum Fault {
    CORRUPT {
        @Override
        void befall(Path artifact) throws IOException {
            Path weights = artifact.resolve(WEIGHTS);
            byte[] bytes = Files.readAllBytes(weights);
            bytes[bytes.length / 2] ^= 1;
            Files.write(weights, bytes);
        }
    },
    TRUNCATED {
        @Override
        void befall(Path artifact) throws IOException {
            Path weights = artifact.resolve(WEIGHTS);
            byte[] bytes = Files.readAllBytes(weights);
            Files.write(weights, java.util.Arrays.copyOf(bytes, bytes.length / 2));
        }
    },
    VANISHED {
        @Override
        void befall(Path artifact) throws IOException {
            Directories.delete(artifact);
        }
    },
    /** As published, and yet of no use: its weights are not what its config.json says. */
    WRONG_SHAPE {
        @Override
        void befall(Path artifact) {}
    };

    static final String WEIGHTS = "model.safetensors";

    /** Does it to an artifact that was published whole. */
    abstract void befall(Path artifact) throws IOException;
}
