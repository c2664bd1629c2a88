package dev.troupe.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.troupe.policy.CheckpointException.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * PEFT's {@code adapter_config.json}. What PEFT would apply and this library does not is refused: ignoring a field
 * would serve another model than the one that was trained.
 */
final class LoraConfigJson {
    /** Switches that must be off, empty or absent. */
    private static final List<String> UNSUPPORTED = List.of(
            "use_dora",
            "use_qalora",
            "fan_in_fan_out",
            "lora_bias",
            "modules_to_save",
            "rank_pattern",
            "alpha_pattern",
            "layers_to_transform",
            "target_parameters",
            "trainable_token_indices",
            "layer_replication",
            "alora_invocation_tokens",
            "arrow_config",
            "kasa_config",
            "use_bdlora",
            "velora_config",
            "exclude_modules");

    private static final List<String> CHANGES_THE_BASE = List.of("pissa", "olora", "corda", "loftq");

    private final Path file;
    private final ObjectNode root;

    private LoraConfigJson(Path file, ObjectNode root) {
        this.file = file;
        this.root = root;
    }

    static LoraConfig read(Path file) throws IOException {
        return new LoraConfigJson(file, Json.read(file, Reason.BAD_CONFIG)).parse();
    }

    /** The fields that PEFT and vLLM need; both fill in their defaults for the rest. */
    static ObjectNode write(LoraConfig config) {
        ObjectNode root = Json.object();
        root.put("peft_type", "LORA");
        root.put("task_type", "CAUSAL_LM");
        root.put("base_model_name_or_path", config.baseModelNameOrPath());
        root.put("r", config.r());
        // vLLM reads whole numbers only.
        if (config.loraAlpha() == Math.rint(config.loraAlpha())) {
            root.put("lora_alpha", (long) config.loraAlpha());
        } else {
            root.put("lora_alpha", config.loraAlpha());
        }
        root.put("lora_dropout", 0.0);
        root.put("bias", "none");
        root.put("use_rslora", config.useRslora());
        root.put("inference_mode", true);
        config.targetModules().stream().map(LoraModule::moduleName).forEach(root.putArray("target_modules")::add);
        return root;
    }

    private LoraConfig parse() throws CheckpointException {
        if (!root.path("peft_type").asText().equals("LORA")) {
            throw unsupported("peft_type " + root.path("peft_type"), "only LORA is supported");
        }
        if (!root.path("bias").asText("none").equals("none")) {
            throw unsupported("bias " + root.path("bias"), "only \"none\" is supported");
        }
        for (String field : UNSUPPORTED) {
            JsonNode value = root.path(field);
            boolean empty = value.isContainerNode() && value.isEmpty();
            boolean off = value.isMissingNode() || value.isNull() || empty || value.equals(BooleanNode.FALSE);
            if (!off) {
                throw unsupported(field + " " + value, "merge the adapter, or train one without it");
            }
        }
        String start = root.path("init_lora_weights").asText();
        if (CHANGES_THE_BASE.stream().anyMatch(start::startsWith)) {
            throw unsupported(
                    "init_lora_weights \"" + start + "\", which changes the base as well",
                    "save the adapter with path_initial_model_for_weight_conversion");
        }
        if (!root.path("r").isInt() || !root.path("lora_alpha").isNumber()) {
            throw bad("needs a whole number 'r' and a number 'lora_alpha', has " + root.path("r") + " and "
                    + root.path("lora_alpha"));
        }
        try {
            return new LoraConfig(
                    root.path("r").intValue(),
                    root.path("lora_alpha").doubleValue(),
                    targetModules(),
                    root.path("use_rslora").asBoolean(false),
                    root.path("base_model_name_or_path").asText(""));
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(Reason.BAD_CONFIG, file, e.getMessage() + "; correct the file", e);
        }
    }

    private List<LoraModule> targetModules() throws CheckpointException {
        JsonNode names = root.path("target_modules");
        if (names.asText().equals("all-linear")) {
            return List.of(LoraModule.values());
        }
        if (!names.isArray()) {
            throw unsupported("target_modules " + names, "give a list of module names, or \"all-linear\"");
        }
        List<LoraModule> modules = new ArrayList<>();
        for (JsonNode name : names) {
            modules.add(LoraModule.of(name.asText())
                    .orElseThrow(() -> unsupported(
                            "target_modules with " + name,
                            "supported are q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj and down_proj")));
        }
        return modules;
    }

    private CheckpointException bad(String problem) {
        return new CheckpointException(Reason.BAD_CONFIG, file, problem);
    }

    private CheckpointException unsupported(String what, String fix) {
        return new CheckpointException(Reason.UNSUPPORTED, file, "asks for " + what + "; " + fix);
    }
}
