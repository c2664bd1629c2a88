package dev.troupe.policy;

import java.util.Arrays;
import java.util.Optional;

/** The projections of a layer that an adapter can change, by PEFT's names. */
public enum LoraModule {
    Q_PROJ("self_attn", "q_proj"),
    K_PROJ("self_attn", "k_proj"),
    V_PROJ("self_attn", "v_proj"),
    O_PROJ("self_attn", "o_proj"),
    GATE_PROJ("mlp", "gate_proj"),
    UP_PROJ("mlp", "up_proj"),
    DOWN_PROJ("mlp", "down_proj");

    private final String block;
    private final String moduleName;

    LoraModule(String block, String moduleName) {
        this.block = block;
        this.moduleName = moduleName;
    }

    /** The entry of {@code target_modules} in adapter_config.json. */
    public String moduleName() {
        return moduleName;
    }

    static Optional<LoraModule> of(String moduleName) {
        return Arrays.stream(values())
                .filter(module -> module.moduleName.equals(moduleName))
                .findFirst();
    }

    /** The module of one layer in a checkpoint, without the ending of a tensor. */
    String path(int layer) {
        return "model.layers." + layer + "." + block + "." + moduleName;
    }

    /** Columns of the module's weight. */
    int inputs(DecoderConfig config) {
        return switch (this) {
            case Q_PROJ, K_PROJ, V_PROJ, GATE_PROJ, UP_PROJ -> config.hiddenSize();
            case O_PROJ -> config.numAttentionHeads() * config.headDim();
            case DOWN_PROJ -> config.intermediateSize();
        };
    }

    /** Rows of the module's weight. */
    int outputs(DecoderConfig config) {
        return switch (this) {
            case Q_PROJ -> config.numAttentionHeads() * config.headDim();
            case K_PROJ, V_PROJ -> config.numKeyValueHeads() * config.headDim();
            case O_PROJ, DOWN_PROJ -> config.hiddenSize();
            case GATE_PROJ, UP_PROJ -> config.intermediateSize();
        };
    }
}
