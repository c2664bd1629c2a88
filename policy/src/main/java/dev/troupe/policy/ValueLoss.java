package dev.troupe.policy;

/** What the values of a {@link TrainableCritic} lose; the whole loss is the sum over the histories. */
public interface ValueLoss {
    /**
     * Half the squared distance from a target, averaged: {@code (V - target)^2 / 2n}.
     *
     * @param targets one for each history
     */
    static ValueLoss meanSquaredError(double[] targets) {
        double[] copy = targets.clone();
        return new ValueLoss() {
            @Override
            public double of(int history, double value) {
                double error = value - copy[history];
                return error * error / (2 * copy.length);
            }

            @Override
            public double derivative(int history, double value) {
                return (value - copy[history]) / copy.length;
            }
        };
    }

    /** The loss of one history's value. */
    double of(int history, double value);

    /** Its derivative by the value. */
    double derivative(int history, double value);
}
