package dev.troupe.trainer.grpo;

/** How the learning rate changes over the steps; TRL's {@code lr_scheduler_type}. */
public enum LearningRateSchedule {
    CONSTANT {
        @Override
        public double at(double learningRate, long step, long maxSteps) {
            return learningRate;
        }
    },
    /** Falls from the full rate at the first step to zero after the last, so it needs the number of steps. */
    LINEAR {
        @Override
        public double at(double learningRate, long step, long maxSteps) {
            if (maxSteps < 1) {
                throw new IllegalArgumentException("the linear schedule needs trainer.max.steps of 1 or more");
            }
            return learningRate * Math.max(0, maxSteps - (step - 1)) / maxSteps;
        }
    };

    /**
     * The rate of one step.
     *
     * @param step from 1
     * @param maxSteps 0 when training has no end
     */
    public abstract double at(double learningRate, long step, long maxSteps);

    /** @throws IllegalArgumentException naming the value and the accepted ones */
    public static LearningRateSchedule parse(String name) {
        return OptionNames.parseIgnoringCase("lr_scheduler_type", LearningRateSchedule.class, name);
    }
}
