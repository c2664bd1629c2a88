package dev.troupe.cli.bench.trainer;

import dev.troupe.policy.FloatTensor;
import dev.troupe.policy.Safetensors;
import dev.troupe.policy.TensorFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.TreeSet;

/**
 * How far two trainings of the same weights on the same completions are apart.
 *
 * @param steps taken by both
 * @param loss of the first step, absolute
 * @param gradNorm of the first step, relative
 * @param largest difference of a weight after the last step
 * @param mean difference of the weights after the last step
 */
record Agreement(int steps, double loss, double gradNorm, double largest, double mean) {

    /** The first loss and gradient are those of the same weights. */
    static final double LOSS = 1e-5;

    static final double GRAD_NORM = 1e-3;

    /**
     * Adam moves a weight by the sign of its gradient, which rounding decides where the gradient is next to nothing: a
     * few weights end up a step's length apart, and all others together.
     */
    static final double MEAN_OF_A_STEP = 1e-2;

    static Agreement of(int steps, Side.Step ours, Side.Step theirs, Path ourWeights, Path theirWeights)
            throws IOException {
        double largest = 0;
        double sum = 0;
        long count = 0;
        try (TensorFile mine = Safetensors.open(ourWeights.resolve("model.safetensors"));
                TensorFile other = Safetensors.open(theirWeights.resolve("model.safetensors"))) {
            for (String name : common(mine, other)) {
                FloatTensor a = mine.floats(name);
                FloatTensor b = other.floats(name);
                for (int i = 0; i < a.size(); i++) {
                    double difference = Math.abs((double) a.get(i) - b.get(i));
                    largest = Math.max(largest, difference);
                    sum += difference;
                }
                count += a.size();
            }
        }
        return new Agreement(
                steps,
                Math.abs(ours.loss() - theirs.loss()),
                Math.abs(ours.gradNorm() / theirs.gradNorm() - 1),
                largest,
                sum / count);
    }

    /** Names of the tensors, which must be the same; a head that is tied to the embedding may be written or not. */
    private static TreeSet<String> common(TensorFile mine, TensorFile other) throws IOException {
        var names = new TreeSet<>(mine.names());
        var others = new TreeSet<>(other.names());
        others.remove("lm_head.weight");
        names.remove("lm_head.weight");
        if (!names.equals(others)) {
            throw new IOException(mine.file() + " and " + other.file() + " hold other tensors: not the same model");
        }
        return names;
    }

    /** Whether the same work was done, in 32-bit floats. */
    boolean holds(double learningRate) {
        return loss <= LOSS
                && gradNorm <= GRAD_NORM
                && largest <= 2 * steps * learningRate
                && mean <= MEAN_OF_A_STEP * learningRate;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "first loss apart by %.1e, first gradient norm by %.1e of it; after %d steps weights apart by %.1e at"
                        + " most and %.1e on average",
                loss,
                gradNorm,
                steps,
                largest,
                mean);
    }
}
