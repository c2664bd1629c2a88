package dev.troupe.policy;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.policy.CheckpointException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
    private static final DecoderConfig CONFIG = new DecoderConfig(
            6, 4, 6, 1, 2, 1, 2, 1e-5, 10_000, 16, true, List.of(1), OptionalInt.empty(), OptionalInt.empty());

    private static final String EMBEDDING = "model.embed_tokens.weight";

    @TempDir
    Path directory;

    private Map<String, FloatTensor> tensors;
    private byte[] good;

    @BeforeEach
    void writeAGoodOne() throws IOException {
        try (var policy = TrainablePolicy.initialize(CONFIG, 1)) {
            policy.save(directory);
        }
        good = Files.readAllBytes(directory.resolve("model.safetensors"));
        tensors = new TreeMap<>();
        try (TensorFile file = Safetensors.open(directory.resolve("model.safetensors"))) {
            for (String name : file.names()) {
                tensors.put(name, file.floats(name));
            }
        }
    }

    @Test
    void readsWhatItWrote() throws Exception {
        assertThat(savedAgain()).isEqualTo(good);
        assertThat(directory).isDirectoryNotContaining("glob:**.incomplete");
    }

    @Test
    void writesHuggingFaceNames() throws Exception {
        try (TensorFile file = Safetensors.open(directory.resolve("model.safetensors"))) {
            assertThat(file.names())
                    .containsExactly(
                            EMBEDDING,
                            "model.layers.0.input_layernorm.weight",
                            "model.layers.0.mlp.down_proj.weight",
                            "model.layers.0.mlp.gate_proj.weight",
                            "model.layers.0.mlp.up_proj.weight",
                            "model.layers.0.post_attention_layernorm.weight",
                            "model.layers.0.self_attn.k_proj.weight",
                            "model.layers.0.self_attn.o_proj.weight",
                            "model.layers.0.self_attn.q_proj.weight",
                            "model.layers.0.self_attn.v_proj.weight",
                            "model.norm.weight");
            assertThat(file.shape("model.layers.0.self_attn.k_proj.weight")).containsExactly(2L, 4L);
        }
    }

    @Test
    void readsShards() throws Exception {
        // Given
        Files.delete(directory.resolve("model.safetensors"));
        Map<String, FloatTensor> second = new TreeMap<>(tensors);
        Map<String, FloatTensor> first = Map.of(EMBEDDING, remove(second, EMBEDDING));
        Safetensors.write(directory.resolve("model-1.safetensors"), first, Map.of());
        Safetensors.write(directory.resolve("model-2.safetensors"), second, Map.of());
        writeIndex("model-1.safetensors", "model-2.safetensors");

        // When, Then
        assertThat(savedAgain()).isEqualTo(good);
    }

    @Test
    void takesTheStopsOfTheGenerationConfig() throws Exception {
        Path file = directory.resolve("generation_config.json");
        Files.writeString(file, "{\"eos_token_id\": [3, 1]}");
        try (var policy = TrainablePolicy.load(directory)) {
            assertThat(policy.config().eosTokenIds()).containsExactly(3, 1);
        }

        Files.writeString(file, "{\"eos_token_id\": 6}");
        assertRefused(Reason.BAD_CONFIG, "generation_config.json: eos_token_id must be in [0, vocab_size 6)");
    }

    @Test
    void refusesAShardOutsideTheDirectory() throws Exception {
        Files.delete(directory.resolve("model.safetensors"));
        writeIndex("../model-1.safetensors");

        assertRefused(Reason.CORRUPT_HEADER, "names '../model-1.safetensors'");
    }

    @Test
    void refusesAMissingTensor() throws Exception {
        remove(tensors, "model.norm.weight");
        write();

        assertRefused(Reason.MISSING_TENSOR, "holds no tensor 'model.norm.weight'");
    }

    @Test
    void refusesATensorItHasNoPlaceFor() throws Exception {
        tensors.put("model.layers.1.input_layernorm.weight", FloatTensor.of(new float[4], 4));
        write();

        assertRefused(Reason.UNEXPECTED_TENSOR, "'model.layers.1.input_layernorm.weight'");
    }

    @Test
    void takesATiedHeadOnlyWhenItEqualsTheEmbedding() throws Exception {
        tensors.put("lm_head.weight", requireNonNull(tensors.get(EMBEDDING)));
        write();
        assertThat(savedAgain()).isEqualTo(good);

        tensors.put("lm_head.weight", FloatTensor.of(new float[24], 6, 4));
        write();
        assertRefused(Reason.UNEXPECTED_TENSOR, "'lm_head.weight'");
    }

    @Test
    void refusesAnotherShape() throws Exception {
        tensors.put(EMBEDDING, FloatTensor.of(new float[24], 4, 6));
        write();

        assertRefused(Reason.SHAPE_MISMATCH, "'" + EMBEDDING + "' has shape [4, 6] where config.json calls for [6, 4]");
    }

    @Test
    void refusesValuesThatAreNotFinite() throws Exception {
        float[] values = new float[4];
        values[2] = Float.NaN;
        tensors.put("model.norm.weight", FloatTensor.of(values, 4));
        write();

        assertRefused(Reason.BAD_VALUE, "'model.norm.weight' holds NaN at 2");
    }

    @Test
    void refusesADirectoryWithoutWeights() throws Exception {
        Files.delete(directory.resolve("model.safetensors"));

        assertRefused(Reason.MISSING_FILE, "model.safetensors: does not exist");
        assertThatThrownBy(() -> TrainablePolicy.load(directory.resolve("absent")))
                .hasMessageContaining("is not a checkpoint directory");
    }

    /** The weights of the directory after a round through torch. */
    private byte[] savedAgain() throws IOException {
        Path again = directory.resolve("again");
        try (var policy = TrainablePolicy.load(directory)) {
            policy.save(again);
        }
        return Files.readAllBytes(again.resolve("model.safetensors"));
    }

    private void assertRefused(Reason reason, String message) {
        assertThatThrownBy(() -> TrainablePolicy.load(directory))
                .isInstanceOfSatisfying(
                        CheckpointException.class, e -> assertThat(e.reason()).isEqualTo(reason))
                .hasMessageContaining(message);
    }

    private void write() throws IOException {
        Safetensors.write(directory.resolve("model.safetensors"), tensors, Map.of());
    }

    private void writeIndex(String... files) throws IOException {
        var index = Json.object();
        var map = index.putObject("weight_map");
        for (int i = 0; i < files.length; i++) {
            map.put("tensor" + i, files[i]);
        }
        Json.write(directory.resolve("model.safetensors.index.json"), index);
    }

    private static FloatTensor remove(Map<String, FloatTensor> from, String name) {
        return requireNonNull(from.remove(name));
    }
}
