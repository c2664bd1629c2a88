package dev.troupe.trainer.grpo;

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

    /** @throws IllegalArgumentException naming the value and the accepted ones */
    public static LossType parse(String name) {
        return OptionNames.parse("loss_type", LossType.class, name);
    }
}
