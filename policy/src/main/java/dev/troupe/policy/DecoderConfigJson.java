package dev.troupe.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.troupe.policy.CheckpointException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** {@code config.json} in both dialects: transformers 4 ({@code rope_theta}) and 5 ({@code rope_parameters}). */
final class DecoderConfigJson {
    private static final String LLAMA3 = "llama3";
    /** What transformers takes where Qwen3's config.json has no head_dim. */
    private static final int QWEN3_HEAD_DIM = 128;

    private final Path file;
    private final ObjectNode root;

    private DecoderConfigJson(Path file, ObjectNode root) {
        this.file = file;
        this.root = root;
    }

    static DecoderConfig read(Path file) throws IOException {
        return new DecoderConfigJson(file, Json.read(file, Reason.BAD_CONFIG)).parse();
    }

    /**
     * With the {@code eos_token_id} of generation_config.json where that file names any: instruct checkpoints list all
     * their stops there, and config.json only one of them.
     */
    static DecoderConfig withGenerationConfig(DecoderConfig config, Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return config;
        }
        List<Integer> ids = new DecoderConfigJson(file, Json.read(file, Reason.BAD_CONFIG)).tokenIds("eos_token_id");
        try {
            return ids.isEmpty() ? config : config.withEosTokenIds(ids);
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(Reason.BAD_CONFIG, file, e.getMessage() + "; correct the file", e);
        }
    }

    static ObjectNode write(DecoderConfig config) {
        ObjectNode root = Json.object();
        root.putArray("architectures").add(config.family().architecture());
        root.put("model_type", config.family().modelType());
        root.put("vocab_size", config.vocabSize());
        root.put("hidden_size", config.hiddenSize());
        root.put("intermediate_size", config.intermediateSize());
        root.put("num_hidden_layers", config.numHiddenLayers());
        root.put("num_attention_heads", config.numAttentionHeads());
        root.put("num_key_value_heads", config.numKeyValueHeads());
        root.put("head_dim", config.headDim());
        root.put("hidden_act", "silu");
        switch (config.family()) {
            case LLAMA -> {
                root.put("attention_bias", false);
                root.put("mlp_bias", false);
            }
            case QWEN2 -> root.put("use_sliding_window", false);
            case QWEN3 -> {
                root.put("attention_bias", false);
                root.put("use_sliding_window", false);
            }
        }
        root.put("attention_dropout", 0.0);
        root.put("initializer_range", 0.02);
        root.put("rms_norm_eps", config.rmsNormEps());
        root.put("rope_theta", config.ropeTheta());
        switch (config.ropeScaling()) {
            case RopeScaling.Plain() -> root.putNull("rope_scaling");
            case RopeScaling.Llama3(double factor, double low, double high, int original) -> {
                ObjectNode scaling = root.putObject("rope_scaling");
                scaling.put("rope_type", LLAMA3);
                scaling.put("factor", factor);
                scaling.put("low_freq_factor", low);
                scaling.put("high_freq_factor", high);
                scaling.put("original_max_position_embeddings", original);
            }
        }
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
        Family family = family();
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
                    present("head_dim") ? integer("head_dim") : headDim(family, hidden, heads),
                    number(root, "rms_norm_eps", 1e-6),
                    ropeTheta(),
                    integer("max_position_embeddings"),
                    root.path("tie_word_embeddings").asBoolean(false),
                    tokenIds("eos_token_id"),
                    tokenId("bos_token_id"),
                    tokenId("pad_token_id"),
                    family,
                    ropeScaling());
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(Reason.BAD_CONFIG, file, e.getMessage() + "; correct the file", e);
        }
    }

    private int headDim(Family family, int hidden, int heads) throws CheckpointException {
        if (family == Family.QWEN3) {
            return QWEN3_HEAD_DIM;
        }
        if (hidden % heads != 0) {
            throw bad("hidden_size " + hidden + " is not a multiple of num_attention_heads " + heads);
        }
        return hidden / heads;
    }

    /** By architectures and model_type, which must agree where both are there. */
    private Family family() throws CheckpointException {
        Set<Family> named = new HashSet<>();
        JsonNode architectures = root.path("architectures");
        for (JsonNode architecture : architectures) {
            named.add(Family.ofArchitecture(architecture.asText())
                    .orElseThrow(() -> unsupported(
                            "architectures " + architectures + "; supported are " + names(Family::architecture))));
        }
        if (present("model_type")) {
            String type = root.path("model_type").asText();
            named.add(Family.ofModelType(type)
                    .orElseThrow(
                            () -> unsupported("model_type '" + type + "'; supported are " + names(Family::modelType))));
        }
        if (named.size() > 1) {
            throw bad("has architectures " + architectures + " but model_type " + root.path("model_type")
                    + "; correct one of them");
        }
        if (named.isEmpty()) {
            throw bad("has neither 'architectures' nor 'model_type'; supported are " + names(Family::architecture));
        }
        return named.iterator().next();
    }

    private static String names(Function<Family, String> name) {
        return Arrays.stream(Family.values()).map(name).collect(Collectors.joining(", "));
    }

    private void refuseUnsupported() throws CheckpointException {
        String activation = root.path("hidden_act").asText("silu");
        if (!activation.equals("silu")) {
            throw unsupported("hidden_act '" + activation + "'; only 'silu' is supported");
        }
        for (String flag : List.of("attention_bias", "mlp_bias")) {
            if (root.path(flag).asBoolean(false)) {
                throw unsupported(flag + " true; only Qwen2's bias on q, k and v is supported");
            }
        }
        if (root.path("use_sliding_window").asBoolean(false)) {
            throw unsupported("use_sliding_window true; only attention to the whole context is supported");
        }
        for (JsonNode type : root.path("layer_types")) {
            if (!type.asText().equals("full_attention")) {
                throw unsupported("layer_types " + type + "; only \"full_attention\" is supported");
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

    private double ropeTheta() throws CheckpointException {
        JsonNode parameters = root.path("rope_parameters");
        return parameters.hasNonNull("rope_theta")
                ? number(parameters, "rope_theta", 10_000)
                : number(root, "rope_theta", 10_000);
    }

    private RopeScaling ropeScaling() throws CheckpointException {
        RopeScaling scaling = new RopeScaling.Plain();
        for (String section : List.of("rope_scaling", "rope_parameters")) {
            JsonNode rope = root.path(section);
            String type = rope.path("rope_type").asText(rope.path("type").asText("default"));
            switch (type) {
                case "default" -> {}
                case LLAMA3 ->
                    scaling = new RopeScaling.Llama3(
                            needed(rope, section, "factor").doubleValue(),
                            needed(rope, section, "low_freq_factor").doubleValue(),
                            needed(rope, section, "high_freq_factor").doubleValue(),
                            needed(rope, section, "original_max_position_embeddings")
                                    .intValue());
                default -> throw unsupported(section + " of type '" + type + "'; supported are default and " + LLAMA3);
            }
        }
        return scaling;
    }

    private JsonNode needed(JsonNode node, String section, String field) throws CheckpointException {
        JsonNode value = node.path(field);
        if (!value.isNumber()) {
            throw bad("has " + section + " of type " + LLAMA3 + " without a number '" + field + "'");
        }
        return value;
    }

    private boolean present(String field) {
        return root.hasNonNull(field);
    }

    private int integer(String field) throws CheckpointException {
        if (!present(field)) {
            throw bad("has no '" + field + "'; is it the config.json of a decoder?");
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
