package dev.troupe.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.troupe.policy.CheckpointException.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** {@code config.json} in both dialects: transformers 4 ({@code rope_theta}) and 5 ({@code rope_parameters}). */
final class DecoderConfigJson {
    private static final String ARCHITECTURE = "LlamaForCausalLM";

    private final Path file;
    private final ObjectNode root;

    private DecoderConfigJson(Path file, ObjectNode root) {
        this.file = file;
        this.root = root;
    }

    static DecoderConfig read(Path file) throws IOException {
        return new DecoderConfigJson(file, Json.read(file, Reason.BAD_CONFIG)).parse();
    }

    static ObjectNode write(DecoderConfig config) {
        ObjectNode root = Json.object();
        root.putArray("architectures").add(ARCHITECTURE);
        root.put("model_type", "llama");
        root.put("vocab_size", config.vocabSize());
        root.put("hidden_size", config.hiddenSize());
        root.put("intermediate_size", config.intermediateSize());
        root.put("num_hidden_layers", config.numHiddenLayers());
        root.put("num_attention_heads", config.numAttentionHeads());
        root.put("num_key_value_heads", config.numKeyValueHeads());
        root.put("head_dim", config.headDim());
        root.put("hidden_act", "silu");
        root.put("attention_bias", false);
        root.put("mlp_bias", false);
        root.put("attention_dropout", 0.0);
        root.put("initializer_range", 0.02);
        root.put("rms_norm_eps", config.rmsNormEps());
        root.put("rope_theta", config.ropeTheta());
        root.putNull("rope_scaling");
        root.put("max_position_embeddings", config.maxPositionEmbeddings());
        root.put("tie_word_embeddings", config.tieWordEmbeddings());
        root.put("torch_dtype", "float32");
        root.put("use_cache", true);
        writeTokenIds(config, root);
        return root;
    }

    static ObjectNode writeGenerationConfig(DecoderConfig config) {
        ObjectNode root = Json.object();
        root.put("_from_model_config", true);
        writeTokenIds(config, root);
        return root;
    }

    private static void writeTokenIds(DecoderConfig config, ObjectNode root) {
        if (config.eosTokenIds().size() == 1) {
            root.put("eos_token_id", config.eosTokenIds().getFirst());
        } else if (config.eosTokenIds().isEmpty()) {
            root.putNull("eos_token_id");
        } else {
            config.eosTokenIds().forEach(root.putArray("eos_token_id")::add);
        }
        writeOptional(root, "bos_token_id", config.bosTokenId());
        writeOptional(root, "pad_token_id", config.padTokenId());
    }

    private static void writeOptional(ObjectNode root, String name, OptionalInt id) {
        if (id.isPresent()) {
            root.put(name, id.getAsInt());
        } else {
            root.putNull(name);
        }
    }

    private DecoderConfig parse() throws CheckpointException {
        refuseUnsupported();
        int hidden = integer("hidden_size");
        int heads = integer("num_attention_heads");
        if (heads < 1) {
            throw bad("num_attention_heads must be 1 or more: " + heads);
        }
        try {
            return new DecoderConfig(
                    integer("vocab_size"),
                    hidden,
                    integer("intermediate_size"),
                    integer("num_hidden_layers"),
                    heads,
                    present("num_key_value_heads") ? integer("num_key_value_heads") : heads,
                    present("head_dim") ? integer("head_dim") : headDim(hidden, heads),
                    number(root, "rms_norm_eps", 1e-6),
                    ropeTheta(),
                    integer("max_position_embeddings"),
                    root.path("tie_word_embeddings").asBoolean(false),
                    tokenIds("eos_token_id"),
                    tokenId("bos_token_id"),
                    tokenId("pad_token_id"));
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(Reason.BAD_CONFIG, file, e.getMessage() + "; correct the file", e);
        }
    }

    private int headDim(int hidden, int heads) throws CheckpointException {
        if (hidden % heads != 0) {
            throw bad("hidden_size " + hidden + " is not a multiple of num_attention_heads " + heads);
        }
        return hidden / heads;
    }

    private void refuseUnsupported() throws CheckpointException {
        JsonNode architectures = root.path("architectures");
        for (JsonNode architecture : architectures) {
            if (!architecture.asText().equals(ARCHITECTURE)) {
                throw unsupported("architectures " + architectures + "; only " + ARCHITECTURE + " is supported");
            }
        }
        refuseUnless("model_type", "llama");
        refuseUnless("hidden_act", "silu");
        for (String flag : List.of("attention_bias", "mlp_bias")) {
            if (root.path(flag).asBoolean(false)) {
                throw unsupported(flag + " true; only decoders without biases are supported");
            }
        }
        for (String section : List.of("rope_scaling", "rope_parameters")) {
            JsonNode rope = root.path(section);
            String type = rope.path("rope_type").asText(rope.path("type").asText("default"));
            if (rope.isObject() && !type.equals("default")) {
                throw unsupported(section + " of type '" + type + "'; only plain rotary positions are supported");
            }
        }
        if (present("quantization_config")) {
            throw unsupported("quantization_config; save the checkpoint in F32, F16 or BF16");
        }
        String dtype = root.path("dtype").asText(root.path("torch_dtype").asText("float32"));
        if (!List.of("float32", "float16", "bfloat16").contains(dtype)) {
            throw unsupported("dtype '" + dtype + "'; save the checkpoint as float32, float16 or bfloat16");
        }
    }

    private void refuseUnless(String field, String supported) throws CheckpointException {
        String value = root.path(field).asText(supported);
        if (present(field) && !value.equals(supported)) {
            throw unsupported(field + " '" + value + "'; only '" + supported + "' is supported");
        }
    }

    private double ropeTheta() throws CheckpointException {
        JsonNode parameters = root.path("rope_parameters");
        return parameters.hasNonNull("rope_theta")
                ? number(parameters, "rope_theta", 10_000)
                : number(root, "rope_theta", 10_000);
    }

    private boolean present(String field) {
        return root.hasNonNull(field);
    }

    private int integer(String field) throws CheckpointException {
        if (!present(field)) {
            throw bad("has no '" + field + "'; is it the config.json of a Llama model?");
        }
        return integer(field, root.path(field));
    }

    private int integer(String field, JsonNode value) throws CheckpointException {
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw bad("has " + field + " " + value + ", not a whole number");
        }
        return value.intValue();
    }

    private double number(JsonNode node, String field, double otherwise) throws CheckpointException {
        JsonNode value = node.path(field);
        if (!node.hasNonNull(field)) {
            return otherwise;
        }
        if (!value.isNumber()) {
            throw bad("has " + field + " " + value + ", not a number");
        }
        return value.doubleValue();
    }

    private List<Integer> tokenIds(String field) throws CheckpointException {
        List<Integer> ids = new ArrayList<>();
        JsonNode value = root.path(field);
        if (value.isArray()) {
            for (JsonNode id : value) {
                ids.add(integer(field, id));
            }
        } else if (present(field)) {
            ids.add(integer(field, value));
        }
        return ids;
    }

    /** transformers writes ids outside the vocabulary, such as -1, for "none". */
    private OptionalInt tokenId(String field) throws CheckpointException {
        if (!present(field)) {
            return OptionalInt.empty();
        }
        int id = integer(field);
        return id < 0 ? OptionalInt.empty() : OptionalInt.of(id);
    }

    private CheckpointException bad(String problem) {
        return new CheckpointException(Reason.BAD_CONFIG, file, problem);
    }

    private CheckpointException unsupported(String problem) {
        return new CheckpointException(Reason.UNSUPPORTED, file, "asks for " + problem);
    }
}
