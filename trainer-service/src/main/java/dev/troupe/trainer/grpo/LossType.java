package dev.troupe.trainer.grpo;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How the clipped per-token losses are brought together; TRL's {@code loss_type}. */
public enum LossType {
    /** Mean over sequences of the mean over tokens (arXiv 2402.03300, equation 3). */
    GRPO,
    /** Sum over tokens divided by the constant {@code B * max_completion_length} (arXiv 2503.20783). */
    DR_GRPO,
    /** Sum over tokens divided by the token count of the whole step (arXiv 2503.14476, equation 8). */
    DAPO,
    /** Mean over the tokens of each micro-batch; depends on how the step is split. */
    BNPO;

    /** TRL's name. */
    public String configName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException naming the value and the accepted ones */
    public static LossType parse(String name) {
        for (LossType type : values()) {
            if (type.configName().equals(name)) {
                return type;
            }
        }
        throw new IllegalArgumentException("loss_type must be one of "
                + Arrays.stream(values()).map(LossType::configName).collect(Collectors.joining(", ")) + ": '" + name
                + "'");
    }
}
