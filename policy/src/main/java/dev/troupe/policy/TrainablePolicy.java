package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleBiFunction;

/**
 * A decoder whose weights are trained. Owned by one thread at a time; not thread-safe.
 *
 * <p>A step is any number of {@link #accumulate} calls, whose gradients add up, and one {@link #step}. Memory grows
 * with the tokens of one {@code accumulate} call (about 50 kB a token at 0.66 M parameters): split large batches with
 * {@link MicroBatches}.
 */
public final class TrainablePolicy implements AutoCloseable {
    private final LoadedDecoder base;
    private final Optional<LoraConfig> lora;
    private final NDManager manager;
    /** What is trained: all parameters of the base, or those of an adapter. */
    private final ParameterLayout layout;

    private final List<NDArray> leaves;
    private final TokenScorer scorer;
    private final Training training;

    private TrainablePolicy(
            LoadedDecoder base,
            Optional<LoraConfig> lora,
            ParameterLayout layout,
            List<NDArray> leaves,
            PolicyOptions options) {
        this.base = base;
        this.lora = lora;
        this.manager = base.manager();
        this.layout = layout;
        this.leaves = List.copyOf(leaves);
        leaves.forEach(leaf -> leaf.setRequiresGradient(true));
        DecoderConfig config = base.config();
        DecoderWeights<NDArray> weights = DecoderWeights.of(config, base.parameters());
        Optional<TrainLora> adapter =
                lora.map(settings -> new TrainLora(settings, LoraWeights.of(config, settings, leaves)));
        TrainLayers layers =
                switch (options.backend()) {
                    case NDARRAY ->
                        new ArrayTrainLayers(
                                config,
                                weights,
                                adapter.map(trained -> new TrainAdapter(config, trained.config(), trained.weights())));
                    case TORCHSCRIPT -> ScriptedTrainLayers.of(config, options, weights, adapter, manager);
                };
        options.warnIfSlow();
        var decoder = new TrainDecoder(
                config, weights.embedding(), layers, new RopeTable(config, manager), options.gradientCheckpointing());
        this.scorer = new TokenScorer(config, decoder, TokenScorer.MAX_LOGITS);
        this.training = new Training(layout, this.leaves, manager);
    }

    private static TrainablePolicy whole(LoadedDecoder base, PolicyOptions options) {
        return over(
                base,
                () -> new TrainablePolicy(
                        base, Optional.empty(), ParameterLayout.of(base.config()), base.parameters(), options));
    }

    /** What makes a policy of a decoder. */
    private interface Making<E extends Exception> {
        TrainablePolicy make() throws E;
    }

    /** Frees the decoder when no policy comes of it. */
    private static <E extends Exception> TrainablePolicy over(LoadedDecoder base, Making<E> making) throws E {
        boolean made = false;
        try {
            TrainablePolicy policy = making.make();
            made = true;
            return policy;
        } finally {
            if (!made) {
                base.manager().close();
            }
        }
    }

    /**
     * Loads a Hugging Face directory of one of the {@link Family families}, with a fresh optimizer.
     *
     * @throws CheckpointException when a file is missing, corrupt or does not fit its config.json
     */
    public static TrainablePolicy load(Path directory) throws IOException {
        return load(directory, PolicyOptions.DEFAULT);
    }

    /** As {@link #load(Path)}, computed as the options say; weights and gradients are float32 in any case. */
    public static TrainablePolicy load(Path directory, PolicyOptions options) throws IOException {
        return whole(LoadedDecoder.load(directory, options.device()), options);
    }

    /** A policy with random weights; equal seeds give equal weights. It has no tokenizer files to save. */
    public static TrainablePolicy initialize(DecoderConfig config, long seed) {
        return initialize(config, seed, PolicyOptions.DEFAULT);
    }

    /** As {@link #initialize(DecoderConfig, long)}, computed as the options say. */
    public static TrainablePolicy initialize(DecoderConfig config, long seed, PolicyOptions options) {
        return whole(LoadedDecoder.initialize(config, seed, options.device()), options);
    }

    /**
     * A fresh adapter over a frozen base. It changes nothing until it is trained: A is random, B is zero, as in PEFT;
     * equal seeds give equal adapters.
     *
     * @throws CheckpointException as {@link #load}
     */
    public static TrainablePolicy withAdapter(Path baseDirectory, LoraConfig lora, long seed) throws IOException {
        return withAdapter(baseDirectory, lora, seed, PolicyOptions.DEFAULT);
    }

    /** As {@link #withAdapter(Path, LoraConfig, long)}, computed as the options say. */
    public static TrainablePolicy withAdapter(Path baseDirectory, LoraConfig lora, long seed, PolicyOptions options)
            throws IOException {
        LoadedDecoder base = LoadedDecoder.load(baseDirectory, options.device());
        return over(base, () -> {
            ParameterLayout layout = LoraWeights.layout(base.config(), lora);
            List<NDArray> leaves = Initialization.adapter(layout, seed).stream()
                    .map(matrix -> Torch.resident(base.manager(), matrix))
                    .toList();
            return new TrainablePolicy(base, Optional.of(lora), layout, leaves, options);
        });
    }

    /**
     * Goes on training a PEFT adapter over a frozen base, with a fresh optimizer.
     *
     * @throws CheckpointException as {@link #load}, and when the adapter does not fit the base
     */
    public static TrainablePolicy loadAdapter(Path baseDirectory, Path adapterDirectory) throws IOException {
        return loadAdapter(baseDirectory, adapterDirectory, PolicyOptions.DEFAULT);
    }

    /** As {@link #loadAdapter(Path, Path)}, computed as the options say. */
    public static TrainablePolicy loadAdapter(Path baseDirectory, Path adapterDirectory, PolicyOptions options)
            throws IOException {
        LoadedDecoder base = LoadedDecoder.load(baseDirectory, options.device());
        return over(base, () -> {
            try (AdapterReader adapter = AdapterReader.open(adapterDirectory, base.config())) {
                List<NDArray> leaves = adapter.loadAll(base.manager());
                return new TrainablePolicy(base, Optional.of(adapter.lora()), adapter.layout(), leaves, options);
            }
        });
    }

    public DecoderConfig config() {
        return base.config();
    }

    /** The adapter's settings, when an adapter is trained and not the whole policy. */
    public Optional<LoraConfig> lora() {
        return lora;
    }

    /** Parameters of the decoder, without those of an adapter. */
    public long parameterCount() {
        return base.config().parameterCount();
    }

    /** Parameters that {@link #step} changes. */
    public long trainedParameterCount() {
        return layout.slots().stream().mapToLong(ParameterLayout.Slot::size).sum();
    }

    /** Optimizer steps taken so far, those before a resume included. */
    public long stepCount() {
        return training.stepCount();
    }

    /**
     * Adds the gradient of {@code loss} over these sequences to what is accumulated. The loss sees the whole batch at
     * once, in the order given, however it is split for speed inside.
     *
     * @return the value of the loss
     */
    public double accumulate(List<TrainingSequence> sequences, SequenceLoss loss) {
        return accumulated(sequences, (pass, step) -> {
            NDArray leaf = pass.leaf();
            NDArray value = loss.loss(pass.batch(leaf));
            if (value.size() != 1) {
                throw new IllegalStateException("the loss has shape " + value.getShape() + ", not a scalar");
            }
            value.attach(step);
            // Set first: what fails half way leaves gradients that zeroGradients has to clear.
            training.accumulating();
            Torch.backward(value);
            pass.backward(leaf);
            return value.toFloatArray()[0];
        });
    }

    /** As {@link #accumulate(List, SequenceLoss)}, of a loss that says itself what its derivatives are. */
    public double accumulate(List<TrainingSequence> sequences, TokenLoss loss) {
        return accumulated(sequences, (pass, _) -> {
            TokenGradients gradients = pass.gradients();
            double value = loss.of(pass.tokens(), gradients);
            training.accumulating();
            pass.backward(gradients);
            return value;
        });
    }

    /** Runs a forward pass and what is to come of it while gradients are recorded. */
    private double accumulated(
            List<TrainingSequence> sequences, ToDoubleBiFunction<TokenScorer.Pass, NDManager> backward) {
        scorer.check(sequences);
        try (NDManager step = manager.newSubManager()) {
            return Torch.recording(() -> backward.applyAsDouble(scorer.forward(sequences, step), step));
        }
    }

    /** Log-probs of each completion token under softmax(logits / temperature), without gradient. */
    public List<LogProbs> logprobs(List<TrainingSequence> sequences) {
        scorer.check(sequences);
        Torch.inference();
        LogProbs[] rows = new LogProbs[sequences.size()];
        for (List<Integer> indices : MicroBatches.byLength(sequences, TokenScorer.MICRO_BATCH_TOKENS)) {
            List<TrainingSequence> micro = indices.stream().map(sequences::get).toList();
            try (NDManager step = manager.newSubManager()) {
                ScoredTokens scored = scorer.forward(micro, step).tokens();
                for (int row = 0; row < micro.size(); row++) {
                    rows[indices.get(row)] = scored.row(row);
                }
            }
        }
        return List.of(rows);
    }

    /**
     * Clips the accumulated gradient to its global norm, takes one AdamW step and zeroes the gradient.
     *
     * @return the global L2 norm before clipping; when it is NaN or infinite nothing was updated
     * @throws IllegalStateException when nothing was accumulated since the last step
     */
    public double step(AdamWOptions options) {
        return training.step(options);
    }

    /** The global L2 norm of what is accumulated; NaN or infinite when one of its numbers is. Takes no step. */
    public double gradientNorm() {
        return training.gradientNorm();
    }

    /**
     * Moves what is trained towards another policy: {@code alpha * other + (1 - alpha) * this}, as TRL moves a
     * reference model. Optimizer and gradients stay as they are.
     *
     * @param other of the same config and adapter settings
     * @param alpha share of the other, 0 to 1; at 1 the weights become the other's
     */
    public void blend(TrainablePolicy other, double alpha) {
        if (!(alpha >= 0 && alpha <= 1)) {
            throw new IllegalArgumentException("alpha must be from 0 to 1: " + alpha);
        }
        if (!config().equals(other.config()) || !lora.equals(other.lora)) {
            throw new IllegalArgumentException("the policies differ in config or adapter settings");
        }
        Torch.inference();
        try (NDManager step = manager.newSubManager()) {
            for (int i = 0; i < leaves.size(); i++) {
                NDArray share = other.leaves.get(i).mul((float) alpha);
                share.attach(step);
                leaves.get(i).muli((float) (1 - alpha)).addi(share);
            }
        }
    }

    /** Forgets what was accumulated since the last step, also by a call that failed half way. */
    public void zeroGradients() {
        training.zeroGradients();
    }

    /**
     * Writes a Hugging Face directory (config.json, generation_config.json, model.safetensors in F32, and the tokenizer
     * files of where this policy was loaded from), or for an adapter a PEFT directory (adapter_config.json,
     * adapter_model.safetensors), which vLLM loads as well. Equal weights give equal bytes.
     */
    public void save(Path directory) throws IOException {
        Torch.inference();
        try (NDManager step = manager.newSubManager()) {
            Map<String, TensorValues> tensors = StackedTensors.split(layout, leaves, "", step);
            if (lora.isPresent()) {
                CheckpointWriter.writeAdapter(directory, lora.get(), tensors);
            } else {
                CheckpointWriter.write(directory, base.config(), tensors, base.tokenizerFiles());
            }
        }
    }

    /**
     * Writes the optimizer's state; with {@link #save} it makes a resume bit-exact. Accumulated gradients are not kept.
     */
    public void saveOptimizer(Path file) throws IOException {
        training.save(file);
    }

    /** @throws CheckpointException when the file is corrupt or belongs to another model; the state is then unchanged */
    public void loadOptimizer(Path file) throws IOException {
        training.load(file);
    }

    /** Accumulated gradients by Hugging Face name. */
    Map<String, FloatTensor> gradients() {
        return training.gradients();
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
