package dev.troupe.trainer.grpo;

/** One of the rewards that a joint reward sums: its weight, and what each episode of a group got. */
public final class Objective {
    private final double weight;
    private final double[] rewards;

    /**
     * @param weight in the joint reward, below 0 for a cost
     * @param rewards raw ones in the order of the episodes, NaN where one is missing
     */
    public Objective(double weight, double[] rewards) {
        if (!Double.isFinite(weight)) {
            throw new IllegalArgumentException("the weight of an objective is not finite: " + weight);
        }
        this.weight = weight;
        this.rewards = rewards.clone();
    }

    public double weight() {
        return weight;
    }

    public double[] rewards() {
        return rewards.clone();
    }
}
