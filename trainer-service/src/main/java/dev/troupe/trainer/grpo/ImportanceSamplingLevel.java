package dev.troupe.trainer.grpo;

/** Over what the ratio is taken; TRL's {@code importance_sampling_level}. */
public enum ImportanceSamplingLevel {
    /** Each token has its own. */
    TOKEN,
    /** All tokens of a sequence have the geometric mean of theirs (GSPO, arXiv 2507.18071, equation 7). */
    SEQUENCE;

    /** @throws IllegalArgumentException naming the value and the accepted ones */
    public static ImportanceSamplingLevel parse(String name) {
        return OptionNames.parseIgnoringCase("importance_sampling_level", ImportanceSamplingLevel.class, name);
    }
}
