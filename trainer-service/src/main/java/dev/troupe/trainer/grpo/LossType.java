package dev.troupe.trainer.grpo;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * What a token loses and how tokens are brought together; TRL's {@code loss_type}. In all of them {@code r} is the
 * ratio of the probabilities that the policy gives now and gave before the step.
 */
public enum LossType {
    /** Clipped ratio; mean over sequences of the mean over tokens (arXiv 2402.03300, equation 3). */
    GRPO,
    /** Clipped ratio; sum over tokens divided by {@code B * max_completion_length} (arXiv 2503.20783). */
    DR_GRPO,
    /** Clipped ratio; sum over tokens divided by the token count of the whole step (arXiv 2503.14476, equation 8). */
    DAPO,
    /** Clipped ratio; mean over the tokens of each micro-batch, so it depends on how the step is split. */
    BNPO,
    /** Clipped ratio; a sequence counts by its length, for {@code importance_sampling_level} sequence. */
    LUSPO,
    /** The log-probability times a capped ratio without gradient; brought together as DAPO (arXiv 2506.13585). */
    CISPO,
    /** A sigmoid in the place of the clip; brought together as GRPO (arXiv 2511.20347). */
    SAPO,
    /** The log-probability times a bounded function of the whole sequence's ratio; brought together as DAPO. */
    VESPO,
    /**
     * The log-probability times the advantage, without a ratio: the sum over tokens, the mean over sequences (MAGRPO,
     * arXiv 2508.04652; not in TRL).
     */
    REINFORCE;

    /** TRL's name. */
    public String configName() {
        return name().toLowerCase(java.util.Locale.ROOT);
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
