package dev.troupe.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.policy.CheckpointException.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class DecoderConfigTest {
    private static final String MINIMAL = """
            "architectures": ["LlamaForCausalLM"], "vocab_size": 40, "hidden_size": 16, "intermediate_size": 24,
            "num_hidden_layers": 2, "num_attention_heads": 4, "max_position_embeddings": 96""";

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = directory.resolve("config.json");
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void readsWhatItWrote(Family family) throws Exception {
        var scaling = new RopeScaling.Llama3(8, 1, 4, 32);
        var config = new DecoderConfig(
                40,
                16,
                24,
                2,
                4,
                2,
                6,
                1e-5,
                500,
                96,
                true,
                List.of(1, 3),
                OptionalInt.of(2),
                OptionalInt.empty(),
                family,
                scaling);

        Json.write(file, DecoderConfigJson.write(config));

        assertThat(DecoderConfig.read(file)).isEqualTo(config);
    }

    @Test
    void takesTheHeadSizeOfQwen3WhereNoneIsGiven() throws Exception {
        Files.writeString(file, "{" + MINIMAL.replace("Llama", "Qwen3") + "}");

        assertThat(DecoderConfig.read(file).headDim()).isEqualTo(128);
    }

    @Test
    void fillsInTransformersDefaults() throws Exception {
        Files.writeString(file, "{" + MINIMAL + "}");

        DecoderConfig config = DecoderConfig.read(file);

        assertThat(config.numKeyValueHeads()).isEqualTo(4);
        assertThat(config.headDim()).isEqualTo(4);
        assertThat(config.rmsNormEps()).isEqualTo(1e-6);
        assertThat(config.ropeTheta()).isEqualTo(10_000);
        assertThat(config.tieWordEmbeddings()).isFalse();
        assertThat(config.eosTokenIds()).isEmpty();
        assertThat(config.padTokenId()).isEmpty();
    }

    @Test
    void readsBothDialects() throws Exception {
        Files.writeString(file, "{" + MINIMAL + ", \"rope_theta\": 500, \"torch_dtype\": \"bfloat16\"}");
        assertThat(DecoderConfig.read(file).ropeTheta()).isEqualTo(500);

        Files.writeString(
                file,
                "{" + MINIMAL
                        + ", \"rope_parameters\": {\"rope_type\": \"default\", \"rope_theta\": 700}, \"dtype\": \"float16\"}");
        assertThat(DecoderConfig.read(file).ropeTheta()).isEqualTo(700);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "architectures": ["MistralForCausalLM"] | UNSUPPORTED | architectures ["MistralForCausalLM"]
            "model_type": "gemma3" | UNSUPPORTED | model_type 'gemma3'; supported are llama, qwen2, qwen3
            "architectures": ["Qwen2ForCausalLM"], "model_type": "qwen3" | BAD_CONFIG | but model_type "qwen3"
            "use_sliding_window": true | UNSUPPORTED | use_sliding_window
            "layer_types": ["full_attention", "sliding_attention"] | UNSUPPORTED | layer_types "sliding_attention"
            "hidden_act": "gelu" | UNSUPPORTED | hidden_act 'gelu'
            "attention_bias": true | UNSUPPORTED | attention_bias
            "mlp_bias": true | UNSUPPORTED | mlp_bias
            "rope_scaling": {"rope_type": "llama3", "factor": 8} | BAD_CONFIG | without a number 'low_freq_factor'
            "rope_scaling": {"rope_type": "llama3", "factor": 0.5, "low_freq_factor": 1, "high_freq_factor": 4, "original_max_position_embeddings": 32} | BAD_CONFIG | factor of rope scaling
            "rope_scaling": {"rope_type": "llama3", "factor": 8, "low_freq_factor": 4, "high_freq_factor": 4, "original_max_position_embeddings": 32} | BAD_CONFIG | low_freq_factor < high_freq_factor
            "rope_scaling": {"type": "linear"} | UNSUPPORTED | rope_scaling of type 'linear'
            "rope_parameters": {"rope_type": "yarn"} | UNSUPPORTED | rope_parameters of type 'yarn'
            "quantization_config": {} | UNSUPPORTED | quantization_config
            "dtype": "float8_e4m3fn" | UNSUPPORTED | dtype 'float8_e4m3fn'
            "vocab_size": 0 | BAD_CONFIG | vocab_size must be in
            "vocab_size": 1.5 | BAD_CONFIG | vocab_size 1.5
            "vocab_size": null | BAD_CONFIG | has no 'vocab_size'
            "hidden_size": 2000000000 | BAD_CONFIG | hidden_size must be in
            "num_attention_heads": 3 | BAD_CONFIG | 16 is not a multiple of num_attention_heads 3
            "num_attention_heads": 0 | BAD_CONFIG | num_attention_heads must be 1
            "num_key_value_heads": 3 | BAD_CONFIG | not a multiple of num_key_value_heads 3
            "head_dim": 5 | BAD_CONFIG | head_dim must be even
            "head_dim": 8192 | BAD_CONFIG | head_dim must be at most 4096
            "num_hidden_layers": 4194304 | BAD_CONFIG | num_hidden_layers must be at most 4096
            "num_attention_heads": 65536, "num_key_value_heads": 65536, "head_dim": 4096 | BAD_CONFIG | num_attention_heads * head_dim must be at most
            "rms_norm_eps": 0 | BAD_CONFIG | rms_norm_eps must be
            "rope_theta": "x" | BAD_CONFIG | rope_theta "x"
            "eos_token_id": 40 | BAD_CONFIG | eos_token_id must be in [0, vocab_size 40)
            "eos_token_id": [1, "x"] | BAD_CONFIG | eos_token_id "x"
            """)
    void refusesByName(String changed, Reason reason, String message) throws Exception {
        // The last of two equal keys would win silently elsewhere: here the first is taken out.
        String key = changed.substring(0, changed.indexOf(':'));
        String rest = MINIMAL.replaceAll(key + ": (\\[[^]]*]|[^,]*)(, |,\\n)?", "");
        Files.writeString(file, "{" + changed + ", " + rest + "}");

        assertThatThrownBy(() -> DecoderConfig.read(file))
                .isInstanceOfSatisfying(
                        CheckpointException.class, e -> assertThat(e.reason()).isEqualTo(reason))
                .hasMessageStartingWith(file.toString())
                .hasMessageContaining(message);
    }

    @Test
    void refusesAFileThatIsMissingOrNotJson() throws Exception {
        assertThatThrownBy(() -> DecoderConfig.read(file)).hasMessageContaining("does not exist");

        Files.writeString(file, "{\"a\": 1, \"a\": 2}");
        assertThatThrownBy(() -> DecoderConfig.read(file)).hasMessageContaining("not valid JSON");
    }

    @Test
    void countsTheParametersOfTheReferenceDecoder() {
        assertThat(DecoderConfig.small(512, 511, 509).parameterCount()).isEqualTo(656_512);
    }
}
