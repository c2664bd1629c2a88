package dev.troupe.trainer.grpo;

/** How several rewards become one advantage; TRL's {@code multi_objective_aggregation}. */
public enum MultiObjectiveAggregation {
    /** The weighted sum, which is the joint reward, is normalised. */
    SUM_THEN_NORMALIZE,
    /** Each reward is normalised within its group, and their weighted sum over the step (GDPO). */
    NORMALIZE_THEN_SUM;

    /** @throws IllegalArgumentException naming the value and the accepted ones */
    public static MultiObjectiveAggregation parse(String name) {
        return OptionNames.parse("multi_objective_aggregation", MultiObjectiveAggregation.class, name);
    }
}
