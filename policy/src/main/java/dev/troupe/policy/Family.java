package dev.troupe.policy;

import java.util.Arrays;
import java.util.Optional;

/** The architectures that are read and written, by the names transformers gives them. */
public enum Family {
    /** Llama 2 and 3. */
    LLAMA("LlamaForCausalLM", "llama"),
    /** Qwen2 and Qwen2.5: a bias on the query, key and value projections. */
    QWEN2("Qwen2ForCausalLM", "qwen2"),
    /** Qwen3: an RMSNorm over each query and key head before rotary positions. */
    QWEN3("Qwen3ForCausalLM", "qwen3");

    private final String architecture;
    private final String modelType;

    Family(String architecture, String modelType) {
        this.architecture = architecture;
        this.modelType = modelType;
    }

    /** The entry of {@code architectures} in config.json. */
    public String architecture() {
        return architecture;
    }

    /** {@code model_type} in config.json. */
    public String modelType() {
        return modelType;
    }

    /** Whether q_proj, k_proj and v_proj have a bias. */
    boolean hasQkvBias() {
        return this == QWEN2;
    }

    /** Whether queries and keys are normed per head. */
    boolean hasHeadNorms() {
        return this == QWEN3;
    }

    static Optional<Family> ofModelType(String modelType) {
        return Arrays.stream(values())
                .filter(family -> family.modelType.equals(modelType))
                .findFirst();
    }

    static Optional<Family> ofArchitecture(String architecture) {
        return Arrays.stream(values())
                .filter(family -> family.architecture.equals(architecture))
                .findFirst();
    }
}
