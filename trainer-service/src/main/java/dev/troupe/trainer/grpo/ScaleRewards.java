package dev.troupe.trainer.grpo;

import java.util.Locale;

/** By what the centred rewards are divided; TRL's {@code scale_rewards}. */
public enum ScaleRewards {
    /** The standard deviation of the sequence's own group. */
    GROUP,
    /** The standard deviation of all rewards of the step. */
    BATCH,
    /** Nothing (Dr. GRPO, arXiv 2503.20783). */
    NONE,
    /**
     * {@code (n - 1) / n} for {@code n} rewards, which makes the mean of the others the baseline of each (leave one
     * out, arXiv 2402.14740; an estimator of its own in TRL).
     */
    RLOO;

    /**
     * TRL's booleans are accepted as well: true is group, false is none.
     *
     * @throws IllegalArgumentException naming the value and the accepted ones
     */
    public static ScaleRewards parse(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "true" -> GROUP;
            case "false" -> NONE;
            default -> OptionNames.parseIgnoringCase("scale_rewards", ScaleRewards.class, name);
        };
    }
}
