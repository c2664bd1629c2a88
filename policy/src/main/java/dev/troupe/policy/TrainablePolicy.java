package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A decoder whose weights are trained. Owned by one thread at a time; not thread-safe.
 *
 * <p>A step is any number of {@link #accumulate} calls, whose gradients add up, and one {@link #step}. Memory grows
 * with the tokens of one {@code accumulate} call (about 50 kB a token at 0.66 M parameters): split large batches with
 * {@link MicroBatches}.
 */
public final class TrainablePolicy implements AutoCloseable {
    private final DecoderConfig config;
    private final ParameterLayout layout;
    private final Map<String, byte[]> tokenizerFiles;
    private final NDManager manager;
    private final List<NDArray> leaves;
    private final TokenScorer scorer;
    private final AdamW optimizer;
    private boolean accumulated;

    private TrainablePolicy(
            DecoderConfig config, Map<String, byte[]> tokenizerFiles, NDManager manager, List<NDArray> parameters) {
        this.config = config;
        this.tokenizerFiles = tokenizerFiles;
        this.manager = manager;
        layout = ParameterLayout.of(config);
        leaves = List.copyOf(parameters);
        leaves.forEach(leaf -> leaf.setRequiresGradient(true));
        var decoder = new TrainDecoder(config, DecoderWeights.of(config, leaves), new RopeTable(config, manager));
        scorer = new TokenScorer(config, decoder);
        optimizer = new AdamW(layout, leaves, manager);
    }

    /**
     * Loads a Hugging Face directory of one of the {@link Family families}, with a fresh optimizer.
     *
     * @throws CheckpointException when a file is missing, corrupt or does not fit its config.json
     */
    public static TrainablePolicy load(Path directory) throws IOException {
        try (CheckpointReader checkpoint = CheckpointReader.open(directory)) {
            NDManager manager = Torch.newManager();
            List<NDArray> parameters = new ArrayList<>();
            try {
                for (int slot = 0; slot < checkpoint.layout().slots().size(); slot++) {
                    parameters.add(checkpoint.load(slot, manager));
                }
            } catch (CheckpointException e) {
                manager.close();
                throw e;
            }
            return new TrainablePolicy(checkpoint.config(), checkpoint.tokenizerFiles(), manager, parameters);
        }
    }

    /** A policy with random weights; equal seeds give equal weights. It has no tokenizer files to save. */
    public static TrainablePolicy initialize(DecoderConfig config, long seed) {
        NDManager manager = Torch.newManager();
        List<NDArray> parameters = Initialization.parameters(config, seed).stream()
                .map(parameter -> Torch.resident(manager, parameter))
                .toList();
        return new TrainablePolicy(config, Map.of(), manager, parameters);
    }

    public DecoderConfig config() {
        return config;
    }

    public long parameterCount() {
        return config.parameterCount();
    }

    /** Optimizer steps taken so far, those before a resume included. */
    public long stepCount() {
        return optimizer.stepCount();
    }

    /**
     * Adds the gradient of {@code loss} over these sequences to what is accumulated. The loss sees the whole batch at
     * once, in the order given, however it is split for speed inside.
     *
     * @return the value of the loss
     */
    public double accumulate(List<TrainingSequence> sequences, SequenceLoss loss) {
        scorer.check(sequences);
        try (NDManager step = manager.newSubManager()) {
            return Torch.recording(() -> {
                NDArray value = loss.loss(scorer.score(sequences, step));
                if (value.size() != 1) {
                    throw new IllegalStateException("the loss has shape " + value.getShape() + ", not a scalar");
                }
                value.attach(step);
                Torch.backward(value);
                accumulated = true;
                return (double) value.toFloatArray()[0];
            });
        }
    }

    /** Log-probs of each completion token under softmax(logits / temperature), without gradient. */
    public List<LogProbs> logprobs(List<TrainingSequence> sequences) {
        scorer.check(sequences);
        Torch.inference();
        float[][] rows = new float[sequences.size()][];
        for (List<Integer> indices : MicroBatches.byLength(sequences, TokenScorer.MICRO_BATCH_TOKENS)) {
            List<TrainingSequence> micro = indices.stream().map(sequences::get).toList();
            try (NDManager step = manager.newSubManager()) {
                TokenLogProbs scored = scorer.score(micro, step);
                float[] values = scored.logprobs().toFloatArray();
                for (int row = 0; row < micro.size(); row++) {
                    rows[indices.get(row)] = new float[micro.get(row).completionLength()];
                    System.arraycopy(
                            values,
                            row * scored.columns(),
                            rows[indices.get(row)],
                            0,
                            micro.get(row).completionLength());
                }
            }
        }
        return Arrays.stream(rows).map(LogProbs::owning).toList();
    }

    /**
     * Clips the accumulated gradient to its global norm, takes one AdamW step and zeroes the gradient.
     *
     * @return the global L2 norm before clipping; when it is NaN or infinite nothing was updated
     * @throws IllegalStateException when nothing was accumulated since the last step
     */
    public double step(AdamWOptions options) {
        if (!accumulated) {
            throw new IllegalStateException("nothing was accumulated since the last step");
        }
        accumulated = false;
        Torch.inference();
        try (NDManager step = manager.newSubManager()) {
            return optimizer.step(options, step);
        }
    }

    /** Forgets what was accumulated since the last step. */
    public void zeroGradients() {
        if (accumulated) {
            leaves.forEach(Torch::zeroGradient);
            accumulated = false;
        }
    }

    /**
     * Writes a Hugging Face directory (config.json, generation_config.json, model.safetensors in F32, and the tokenizer
     * files of where this policy was loaded from). Equal weights give equal bytes.
     */
    public void save(Path directory) throws IOException {
        Torch.inference();
        try (NDManager step = manager.newSubManager()) {
            CheckpointWriter.write(directory, config, StackedTensors.split(layout, leaves, "", step), tokenizerFiles);
        }
    }

    /**
     * Writes the optimizer's state; with {@link #save} it makes a resume bit-exact. Accumulated gradients are not kept.
     */
    public void saveOptimizer(Path file) throws IOException {
        optimizer.save(file);
    }

    /** @throws CheckpointException when the file is corrupt or belongs to another model; the state is then unchanged */
    public void loadOptimizer(Path file) throws IOException {
        Torch.inference();
        optimizer.load(file);
    }

    /** Accumulated gradients by Hugging Face name. */
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

    /** Arrays that live as long as the policy; constant from step to step, or something leaks. */
    int managedArrays() {
        return manager.getManagedArrays().size();
    }

    @Override
    public void close() {
        manager.close();
    }
}
