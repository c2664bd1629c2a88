package dev.troupe.trainer.grpo;

import java.util.Locale;

/** How several rewards become one advantage; TRL's {@code multi_objective_aggregation}. */
public enum MultiObjectiveAggregation {
    /** The weighted sum, which is the joint reward, is normalised. */
    SUM_THEN_NORMALIZE,
    /** Each reward is normalised within its group, and their weighted sum over the step (GDPO). */
    NORMALIZE_THEN_SUM;

    /** TRL's name. */
    public String configName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException naming the value and the accepted ones */
    public static MultiObjectiveAggregation parse(String name) {
        return switch (name) {
            case "sum_then_normalize" -> SUM_THEN_NORMALIZE;
            case "normalize_then_sum" -> NORMALIZE_THEN_SUM;
            default ->
                throw new IllegalArgumentException(
                        "multi_objective_aggregation must be one of sum_then_normalize, normalize_then_sum: '" + name
                                + "'");
        };
    }
}
