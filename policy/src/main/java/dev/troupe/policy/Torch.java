package dev.troupe.policy;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one place that knows DJL's PyTorch engine. Two of its habits shape the callers: a result belongs to the manager
 * of its left operand, so views of long-lived arrays are attached to the step at once; and gradients are recorded per
 * thread, on by default, so every entry point switches them off first.
 */
final class Torch {
    /** DJL's own; we parallelise in Java, so one thread is our default. */
    private static final String THREADS_PROPERTY = "ai.djl.pytorch.num_threads";

    private static final String ENGINE = "PyTorch";

    private Torch() {}

    /** A root manager on the CPU, for arrays that live as long as a policy. */
    static NDManager newManager() {
        return newManager(ComputeDevice.CPU);
    }

    /**
     * A root manager for arrays that live as long as a policy, on one device.
     *
     * @throws IllegalArgumentException when the engine does not see the device
     */
    static NDManager newManager(ComputeDevice device) {
        int gpus = device.isCpu() ? 0 : Engine.getEngine(ENGINE).getGpuCount();
        if (device.gpu() >= gpus && !device.isCpu()) {
            throw new IllegalArgumentException("device " + device + " is not there: torch sees " + gpus
                    + " CUDA devices; policy/README.md tells how a GPU node gets its natives");
        }
        // Named, because the engine would take a GPU by itself where it finds one.
        NDManager manager = NDManager.newBaseManager(device.isCpu() ? Device.cpu() : Device.gpu(device.gpu()), ENGINE);
        if (System.getProperty(THREADS_PROPERTY) == null) {
            // Several OpenMP threads spin on a busy machine: a step was seen to take twelve times as long.
            JniUtils.setNumThreads(1);
        }
        JniUtils.setGradMode(false);
        return manager;
    }

    /** Switches the recording of gradients off for the current thread. */
    static void inference() {
        JniUtils.setGradMode(false);
    }

    /** Runs the body while gradients are recorded on this thread, and switches recording off behind it. */
    static <T> T recording(Supplier<T> body) {
        JniUtils.setGradMode(true);
        try {
            return body.get();
        } finally {
            JniUtils.setGradMode(false);
        }
    }

    /** Runs the body without recording, and restores what was before. */
    static <T> T notRecording(Supplier<T> body) {
        boolean before = JniUtils.isGradMode();
        JniUtils.setGradMode(false);
        try {
            return body.get();
        } finally {
            JniUtils.setGradMode(before);
        }
    }

    /** An array that torch allocated itself, so that its alignment, and with it every rounding, is always the same. */
    static NDArray resident(NDManager manager, FloatTensor tensor) {
        Shape shape =
                new Shape(tensor.shape().stream().mapToLong(Long::longValue).toArray());
        return owned(manager.create(tensor.toArray(), shape));
    }

    /**
     * A copy in memory of torch's own. An array made from Java data lies in a Java buffer, which is freed some time
     * after the array's handle is closed, although autograd may still read it in the backward pass: whatever is closed
     * before that pass must be owned.
     */
    static NDArray owned(NDArray shared) {
        try (shared) {
            return shared.duplicate();
        }
    }

    /**
     * x * factor. The engine's own product with a number lays the number in a Java buffer that it lets go at once, and
     * the backward pass reads it again.
     */
    static NDArray scaled(NDArray x, float factor) {
        try (NDArray number = owned(x.getManager().create(factor))) {
            return x.mul(number);
        }
    }

    /** Joins along the first axis. The engine's own concat of a single array loses its gradient. */
    static NDArray concat(NDList arrays) {
        return arrays.size() == 1 ? arrays.get(0) : NDArrays.concat(arrays);
    }

    static void backward(NDArray loss) {
        backward(loss, loss.getManager().ones(loss.getShape()));
    }

    /** Backward from an array whose gradient is known; both have one shape. */
    static void backward(NDArray array, NDArray gradient) {
        JniUtils.backward((PtNDArray) array, (PtNDArray) gradient, false, false);
    }

    /** The values as the start of a graph of their own. */
    static NDArray leaf(NDArray values, NDManager step) {
        NDArray leaf = notRecording(values::duplicate);
        leaf.attach(step);
        leaf.setRequiresGradient(true);
        return leaf;
    }

    /** The stored gradient itself, not a copy; it is zero when nothing was accumulated. */
    static NDArray gradient(NDArray leaf, NDManager step) {
        NDArray gradient = leaf.getGradient();
        gradient.attach(step);
        return gradient;
    }

    static void zeroGradient(NDArray leaf) {
        JniUtils.zeroGrad((PtNDArray) leaf);
    }

    /** A view of {@code array} along one axis, owned by {@code step}. */
    static NDArray slice(NDArray array, int axis, long from, long to, NDManager step) {
        NDArray view = JniUtils.slice((PtNDArray) array, axis, from, to, 1);
        view.attach(step);
        return view;
    }

    /** x (.., in) times weight (out, in) transposed. */
    static NDArray linear(NDArray x, NDArray weight) {
        return linear(x, weight, null);
    }

    /** x (.., in) times weight (out, in) transposed, plus bias (out) where there is one. */
    static NDArray linear(NDArray x, NDArray weight, @Nullable NDArray bias) {
        return x.getNDArrayInternal().linear(x, weight, bias).get(0);
    }

    /** Rows of {@code table} (n, width) at {@code ids} (..): the result is (.., width). */
    static NDArray rows(NDArray table, NDArray ids) {
        return ids.getNDArrayInternal()
                .embedding(ids, table, SparseFormat.DENSE)
                .get(0);
    }

    static NDArray sigmoid(NDArray x) {
        return x.getNDArrayInternal().sigmoid();
    }

    /** One AdamW update in place; the rate already holds the bias corrections. */
    static void adamW(
            NDArray weight, NDArray gradient, NDArray mean, NDArray variance, AdamWStep step, double weightDecay) {
        JniUtils.adamUpdate(
                (PtNDArray) weight,
                (PtNDArray) gradient,
                (PtNDArray) mean,
                (PtNDArray) variance,
                step.learningRate(),
                step.correctedRate(),
                (float) weightDecay,
                1f,
                -1f,
                step.beta1(),
                step.beta2(),
                step.epsilon(),
                true);
    }

    /** The scalars of one update; see {@link AdamW}. */
    record AdamWStep(float learningRate, float correctedRate, float beta1, float beta2, float epsilon) {}
}
