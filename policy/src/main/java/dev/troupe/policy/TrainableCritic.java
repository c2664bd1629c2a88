package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A decoder that says what a history of tokens is worth: a scalar head reads the last token's hidden state, in place of
 * the head over the vocabulary, which is kept as it came and not trained. Owned by one thread at a time; not
 * thread-safe.
 */
public final class TrainableCritic implements AutoCloseable {
    /** Beside the files of the decoder; tensors under the names of TRL's value head. */
    public static final String HEAD_FILE = "value_head.safetensors";

    /** What stands where a completion would begin; the decoder never sees it. */
    private static final TokenIds NOTHING = TokenIds.of(0);

    private final LoadedDecoder base;
    private final NDManager manager;
    private final ParameterLayout headLayout;
    private final NDArray weight;
    private final NDArray bias;
    // what is trained
    private final List<NDArray> leaves;
    private final TrainDecoder decoder;
    private final Training training;

    /** @param head weight (1, hidden) and bias (1) */
    private TrainableCritic(LoadedDecoder base, List<NDArray> head) {
        DecoderConfig config = base.config();
        this.base = base;
        this.manager = base.manager();
        this.headLayout = headLayout(config);
        this.weight = head.getFirst();
        this.bias = head.getLast();
        DecoderWeights<NDArray> weights = DecoderWeights.of(config, base.parameters());
        // Behind all else in the layout, where it is not the embedding itself.
        int body = base.parameters().size() - (config.tieWordEmbeddings() ? 0 : 1);
        ParameterLayout layout = new ParameterLayout(
                Stream.concat(ParameterLayout.of(config).slots().subList(0, body).stream(), headLayout.slots().stream())
                        .toList());
        this.leaves = Stream.concat(base.parameters().subList(0, body).stream(), head.stream())
                .toList();
        leaves.forEach(leaf -> leaf.setRequiresGradient(true));
        this.decoder = new TrainDecoder(
                config,
                weights.embedding(),
                new ArrayTrainLayers(config, weights, Optional.empty()),
                new RopeTable(config, manager),
                false);
        this.training = new Training(layout, leaves, manager);
    }

    private static ParameterLayout headLayout(DecoderConfig config) {
        return new ParameterLayout(List.of(
                new ParameterLayout.Slot(
                        List.of(new ParameterLayout.Part("v_head.summary.weight", 1)), config.hiddenSize()),
                new ParameterLayout.Slot(List.of(new ParameterLayout.Part("v_head.summary.bias", 1)), 0)));
    }

    /**
     * Loads a Hugging Face directory with a fresh optimizer. Without {@link #HEAD_FILE} the head is zero, and so is
     * every value.
     *
     * @throws CheckpointException when a file is missing, corrupt or does not fit its config.json
     */
    public static TrainableCritic load(Path directory) throws IOException {
        return load(directory, ComputeDevice.CPU);
    }

    /** As {@link #load(Path)}, on a device. */
    public static TrainableCritic load(Path directory, ComputeDevice device) throws IOException {
        LoadedDecoder base = LoadedDecoder.load(directory, device);
        boolean made = false;
        try {
            Path file = directory.resolve(HEAD_FILE);
            List<NDArray> head = Files.exists(file) ? readHead(file, base) : zeroHead(base);
            var critic = new TrainableCritic(base, head);
            made = true;
            return critic;
        } finally {
            if (!made) {
                base.manager().close();
            }
        }
    }

    private static List<NDArray> readHead(Path file, LoadedDecoder base) throws IOException {
        try (TensorFile tensors = Safetensors.open(file)) {
            return StackedTensors.check(List.of(tensors), headLayout(base.config()), "", false)
                    .loadAll(base.manager());
        }
    }

    private static List<NDArray> zeroHead(LoadedDecoder base) {
        int hidden = base.config().hiddenSize();
        return List.of(
                Torch.resident(base.manager(), FloatTensor.of(new float[hidden], 1, hidden)),
                Torch.resident(base.manager(), FloatTensor.of(new float[1], 1)));
    }

    public DecoderConfig config() {
        return base.config();
    }

    /** Optimizer steps taken so far, those before a resume included. */
    public long stepCount() {
        return training.stepCount();
    }

    /**
     * What each history is worth, without gradient.
     *
     * @throws IllegalArgumentException when one is empty, too long, or of another vocabulary
     */
    public double[] values(List<TokenIds> histories) {
        Torch.inference();
        List<TrainingSequence> sequences = sequences(histories);
        double[] values = new double[histories.size()];
        for (List<Integer> indices : MicroBatches.byLength(sequences, TokenScorer.MICRO_BATCH_TOKENS)) {
            try (NDManager step = manager.newSubManager()) {
                var micro = new MicroBatch(indices.stream().map(sequences::get).toList());
                NDArray hidden = decoder.hidden(micro.inputs(step), step).values();
                float[] found = read(hidden, micro, step).toFloatArray();
                for (int row = 0; row < found.length; row++) {
                    values[indices.get(row)] = found[row];
                }
            }
        }
        return values;
    }

    /**
     * Adds the gradient of a loss over these histories to what is accumulated; memory is that of 2048 tokens, however
     * many there are.
     *
     * @return the value of the loss
     * @throws IllegalArgumentException as {@link #values}
     */
    public double accumulate(List<TokenIds> histories, ValueLoss loss) {
        List<TrainingSequence> sequences = sequences(histories);
        double total = 0;
        for (List<Integer> indices : MicroBatches.byLength(sequences, TokenScorer.MICRO_BATCH_TOKENS)) {
            try (NDManager step = manager.newSubManager()) {
                total += Torch.recording(() -> accumulate(sequences, indices, loss, step));
            }
        }
        return total;
    }

    private double accumulate(List<TrainingSequence> sequences, List<Integer> indices, ValueLoss loss, NDManager step) {
        var micro = new MicroBatch(indices.stream().map(sequences::get).toList());
        HiddenStates hidden = decoder.hidden(micro.inputs(step), step);
        NDArray leaf = Torch.leaf(hidden.values(), step);
        NDArray values = read(leaf, micro, step);
        float[] found = values.toFloatArray();
        float[] derivatives = new float[found.length];
        double total = 0;
        for (int row = 0; row < found.length; row++) {
            total += loss.of(indices.get(row), found[row]);
            derivatives[row] = (float) loss.derivative(indices.get(row), found[row]);
        }
        training.accumulating();
        Torch.backward(values, Torch.owned(step.create(derivatives)));
        hidden.backward().run(Torch.gradient(leaf, step));
        return total;
    }

    /** Hidden states (batch, length, hidden) to the values of the histories (batch). */
    private NDArray read(NDArray hidden, MicroBatch micro, NDManager step) {
        NDArray last = Torch.rows(hidden.reshape(-1, config().hiddenSize()), micro.positions(step));
        return Torch.linear(last, weight, bias).reshape(-1);
    }

    /** A history's value is read where the first token behind it would be predicted. */
    private List<TrainingSequence> sequences(List<TokenIds> histories) {
        if (histories.isEmpty()) {
            throw new IllegalArgumentException("no histories: a batch needs at least one");
        }
        int positions = RopeTable.positions(config());
        var sequences = new ArrayList<TrainingSequence>();
        for (TokenIds history : histories) {
            if (history.isEmpty() || history.size() > positions || history.highest() >= config().vocabSize()) {
                throw new IllegalArgumentException(
                        "history %d has %d tokens up to id %d; the critic takes 1 to %d tokens below id %d"
                                .formatted(
                                        sequences.size(),
                                        history.size(),
                                        history.highest(),
                                        positions,
                                        config().vocabSize()));
            }
            sequences.add(TrainingSequence.of(history, NOTHING, 1));
        }
        return sequences;
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

    /** Forgets what was accumulated since the last step. */
    public void zeroGradients() {
        training.zeroGradients();
    }

    /** Writes a Hugging Face directory and {@link #HEAD_FILE}. Equal weights give equal bytes. */
    public void save(Path directory) throws IOException {
        Torch.inference();
        try (NDManager step = manager.newSubManager()) {
            CheckpointWriter.write(
                    directory,
                    config(),
                    StackedTensors.split(ParameterLayout.of(config()), base.parameters(), "", step),
                    base.tokenizerFiles());
            CheckpointWriter.writeAtomically(
                    directory.resolve(HEAD_FILE),
                    StackedTensors.split(headLayout, List.of(weight, bias), "", step),
                    Map.of());
        }
    }

    /** Writes the optimizer's state; with {@link #save} it makes a resume bit-exact. */
    public void saveOptimizer(Path file) throws IOException {
        training.save(file);
    }

    /** @throws CheckpointException when the file is corrupt or belongs to another model; the state is then unchanged */
    public void loadOptimizer(Path file) throws IOException {
        training.load(file);
    }

    /** Accumulated gradients by the name of their tensor. */
    Map<String, FloatTensor> gradients() {
        return training.gradients();
    }

    /** Arrays that live as long as the critic; constant from step to step, or something leaks. */
    int managedArrays() {
        return manager.getManagedArrays().size();
    }

    @Override
    public void close() {
        manager.close();
    }
}
