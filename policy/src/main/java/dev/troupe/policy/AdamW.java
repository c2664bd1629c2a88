package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.troupe.policy.CheckpointException.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** AdamW with its own state (mean and variance of the gradient, step count), so that a run can stop and resume. */
final class AdamW {
    private static final String STEP = "step";
    private static final String MEAN = "exp_avg.";
    private static final String VARIANCE = "exp_avg_sq.";

    private final ParameterLayout layout;
    private final List<NDArray> leaves;
    private final NDManager manager;
    private final List<NDArray> means = new ArrayList<>();
    private final List<NDArray> variances = new ArrayList<>();
    private long stepCount;

    AdamW(ParameterLayout layout, List<NDArray> leaves, NDManager manager) {
        this.layout = layout;
        this.leaves = List.copyOf(leaves);
        this.manager = manager;
        for (NDArray leaf : leaves) {
            means.add(manager.zeros(leaf.getShape()));
            variances.add(manager.zeros(leaf.getShape()));
        }
    }

    long stepCount() {
        return stepCount;
    }

    /**
     * Clips the accumulated gradients to the global norm, updates, and zeroes them.
     *
     * @return the norm before clipping; when it is not finite the weights and the state are left as they were
     */
    double step(AdamWOptions options, NDManager step) {
        List<NDArray> gradients =
                leaves.stream().map(leaf -> Torch.gradient(leaf, step)).toList();
        double norm = globalNorm(gradients);
        if (Double.isFinite(norm)) {
            // The same guard against division by zero as torch.nn.utils.clip_grad_norm_.
            double scale = options.maxGradNorm() / (norm + 1e-6);
            if (scale < 1) {
                gradients.forEach(gradient -> gradient.muli((float) scale));
            }
            update(options, gradients);
        }
        leaves.forEach(Torch::zeroGradient);
        return norm;
    }

    /** The global norm of the accumulated gradients, which stay. */
    double gradientNorm(NDManager step) {
        return globalNorm(
                leaves.stream().map(leaf -> Torch.gradient(leaf, step)).toList());
    }

    private void update(AdamWOptions options, List<NDArray> gradients) {
        stepCount++;
        float beta1 = (float) options.beta1();
        float beta2 = (float) options.beta2();
        double correction1 = 1 - Math.pow(beta1, (double) stepCount);
        double correction2 = Math.sqrt(1 - Math.pow(beta2, (double) stepCount));
        // The engine divides by sqrt(v) + eps where the paper has sqrt(v / c2) + eps: scaling eps makes them equal.
        var scalars = new Torch.AdamWStep(
                (float) options.learningRate(),
                (float) (options.learningRate() * correction2 / correction1),
                beta1,
                beta2,
                (float) (options.epsilon() * correction2));
        for (int i = 0; i < leaves.size(); i++) {
            double decay = layout.slots().get(i).isVector() ? 0 : options.weightDecay();
            Torch.adamW(leaves.get(i), gradients.get(i), means.get(i), variances.get(i), scalars, decay);
        }
    }

    private static double globalNorm(List<NDArray> gradients) {
        double sum = 0;
        for (NDArray gradient : gradients) {
            sum += gradient.square().sum().getFloat();
        }
        return Math.sqrt(sum);
    }

    void save(Path file) throws IOException {
        try (NDManager step = manager.newSubManager()) {
            Map<String, TensorValues> tensors = new TreeMap<>();
            tensors.putAll(StackedTensors.split(layout, means, MEAN, step));
            tensors.putAll(StackedTensors.split(layout, variances, VARIANCE, step));
            CheckpointWriter.writeAtomically(file, tensors, Map.of(STEP, Long.toString(stepCount)));
        }
    }

    void load(Path file) throws IOException {
        try (TensorFile tensors = Safetensors.open(file)) {
            long steps = stepCount(tensors);
            StackedTensors newMeans = StackedTensors.check(List.of(tensors), layout, MEAN, false);
            StackedTensors newVariances = StackedTensors.check(List.of(tensors), layout, VARIANCE, false);
            overwrite(newMeans, newVariances);
            stepCount = steps;
        }
    }

    private static long stepCount(TensorFile tensors) throws CheckpointException {
        String text = tensors.metadata().getOrDefault(STEP, "");
        try {
            long steps = Long.parseLong(text);
            if (steps >= 0) {
                return steps;
            }
        } catch (NumberFormatException e) {
            // Told below, together with a negative count.
        }
        throw new CheckpointException(
                Reason.CORRUPT_HEADER,
                tensors.file(),
                "has step '" + text + "' in its metadata, not a count; was it written by saveOptimizer?");
    }

    /** All is read before anything is changed. */
    private void overwrite(StackedTensors newMeans, StackedTensors newVariances) throws CheckpointException {
        try (NDManager step = manager.newSubManager()) {
            List<NDArray> read = new ArrayList<>();
            for (int slot = 0; slot < leaves.size(); slot++) {
                read.add(newMeans.load(slot, step));
                read.add(newVariances.load(slot, step));
            }
            for (int slot = 0; slot < leaves.size(); slot++) {
                overwrite(means.get(slot), read.get(2 * slot));
                overwrite(variances.get(slot), read.get(2 * slot + 1));
            }
        }
    }

    private static void overwrite(NDArray target, NDArray value) {
        // x - x + v is exact but for the sign of a zero, and keeps the array's own memory.
        target.subi(target).addi(value);
    }
}
