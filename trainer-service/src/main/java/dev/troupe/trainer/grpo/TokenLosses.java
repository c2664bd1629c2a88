package dev.troupe.trainer.grpo;

/** What the tokens of one sequence lose, and the derivative of their sum by each log-probability. */
public final class TokenLosses {
    private final double[] values;
    private final double[] gradients;

    /** Takes the arrays over; both have one entry per token. */
    TokenLosses(double[] values, double[] gradients) {
        this.values = values;
        this.gradients = gradients;
    }

    public int size() {
        return values.length;
    }

    public double value(int token) {
        return values[token];
    }

    /** The sum over the tokens. */
    public double sum() {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum;
    }

    /** The derivative of {@link #sum} by the log-probability of one token. */
    public double gradient(int token) {
        return gradients[token];
    }
}
