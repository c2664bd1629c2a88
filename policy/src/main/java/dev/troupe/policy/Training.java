package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What is trained: its gradients between two steps, and its optimizer. Owned by one thread. */
final class Training {
    private final ParameterLayout layout;
    private final List<NDArray> leaves;
    private final NDManager manager;
    private final AdamW optimizer;
    private boolean accumulated;

    /** @param leaves parameters that record gradients, in the order of the layout */
    Training(ParameterLayout layout, List<NDArray> leaves, NDManager manager) {
        this.layout = layout;
        this.leaves = leaves;
        this.manager = manager;
        this.optimizer = new AdamW(layout, leaves, manager);
    }

    /** Notes that there are gradients, or may be: what fails half way leaves some that have to be cleared. */
    void accumulating() {
        accumulated = true;
    }

    /** Optimizer steps taken so far, those before a resume included. */
    long stepCount() {
        return optimizer.stepCount();
    }

    /**
     * Clips the accumulated gradient to its global norm, takes one AdamW step and zeroes the gradient.
     *
     * @return the global L2 norm before clipping; when it is NaN or infinite nothing was updated
     * @throws IllegalStateException when nothing was accumulated since the last step
     */
    double step(AdamWOptions options) {
        if (!accumulated) {
            throw new IllegalStateException("nothing was accumulated since the last step");
        }
        Torch.inference();
        try (NDManager step = manager.newSubManager()) {
            double norm = optimizer.step(options, step);
            accumulated = false;
            return norm;
        }
    }

    double gradientNorm() {
        Torch.inference();
        try (NDManager step = manager.newSubManager()) {
            return optimizer.gradientNorm(step);
        }
    }

    void zeroGradients() {
        if (accumulated) {
            leaves.forEach(Torch::zeroGradient);
            accumulated = false;
        }
    }

    void save(Path file) throws IOException {
        optimizer.save(file);
    }

    void load(Path file) throws IOException {
        Torch.inference();
        optimizer.load(file);
    }

    /** Accumulated gradients by the name of their tensor. */
    Map<String, FloatTensor> gradients() {
        try (NDManager step = manager.newSubManager()) {
            List<NDArray> gradients =
                    leaves.stream().map(leaf -> Torch.gradient(leaf, step)).toList();
            Map<String, FloatTensor> copies = new TreeMap<>();
            StackedTensors.split(layout, gradients, "", step)
                    .forEach((name, values) -> copies.put(name, FloatTensor.copyOf(values)));
            return copies;
        }
    }
}
