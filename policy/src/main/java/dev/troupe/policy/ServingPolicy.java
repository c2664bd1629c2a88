package dev.troupe.policy;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.IntStream;

/**
 * An immutable policy that completes prompts in batches. Any number of threads may call {@link #generate} at once; use
 * platform threads, the work is numeric. {@link #close} waits for running calls.
 */
public final class ServingPolicy implements AutoCloseable {
    /** Larger batches bring no more speed on a CPU, and their cache no longer fits it. */
    private static final int MAX_BATCH = 128;

    private final DecoderConfig config;
    private final NDManager manager;
    private final ServingDecoder decoder;
    private final ReentrantReadWriteLock lifecycle = new ReentrantReadWriteLock();
    private boolean closed; // guarded by lifecycle

    private ServingPolicy(DecoderConfig config, NDManager manager, FoldedWeights weights) {
        this.config = config;
        this.manager = manager;
        this.decoder = new ServingDecoder(config, weights, new RopeTable(config, manager));
    }

    /**
     * Loads a Hugging Face directory of one of the {@link Family families}; it is not needed afterwards.
     *
     * @throws CheckpointException when a file is missing, corrupt or does not fit its config.json
     */
    public static ServingPolicy load(Path checkpointDirectory) throws IOException {
        try (CheckpointReader checkpoint = CheckpointReader.open(checkpointDirectory)) {
            NDManager manager = Torch.newManager();
            try {
                FoldedWeights weights = WeightFolding.load(checkpoint, manager);
                return new ServingPolicy(checkpoint.config(), manager, weights);
            } catch (CheckpointException e) {
                manager.close();
                throw e;
            }
        }
    }

    public DecoderConfig config() {
        return config;
    }

    public long parameterCount() {
        return config.parameterCount();
    }

    /**
     * Completes all requests, in their order. Equal prompts are read once. The random numbers of a request come from
     * its seed alone; probabilities may differ in the last bits with the size of the batch.
     *
     * @throws IllegalArgumentException when a prompt has an id outside the vocabulary or leaves no position to sample
     * @throws IllegalStateException when the policy is closed
     */
    public List<Completion> generate(List<GenerationRequest> requests) {
        for (int i = 0; i < requests.size(); i++) {
            check(i, requests.get(i));
        }
        lifecycle.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException("the policy is closed");
            }
            Torch.inference();
            return inBatches(requests);
        } finally {
            lifecycle.readLock().unlock();
        }
    }

    private List<Completion> inBatches(List<GenerationRequest> requests) {
        // Prompts of like length together, so that little is spent on padding.
        List<Integer> order = IntStream.range(0, requests.size())
                .boxed()
                .sorted(Comparator.comparingInt(
                        (Integer i) -> requests.get(i).prompt().size()))
                .toList();
        Completion[] completions = new Completion[requests.size()];
        for (int from = 0; from < order.size(); from += MAX_BATCH) {
            List<Integer> batch = order.subList(from, Math.min(order.size(), from + MAX_BATCH));
            List<GenerationRequest> batched = batch.stream().map(requests::get).toList();
            try (Generation generation = new Generation(config, decoder, batched, manager)) {
                List<Completion> completed = generation.run();
                for (int i = 0; i < completed.size(); i++) {
                    completions[batch.get(i)] = completed.get(i);
                }
            }
        }
        return Arrays.asList(completions);
    }

    private void check(int index, GenerationRequest request) {
        TokenIds prompt = request.prompt();
        if (prompt.highest() >= config.vocabSize()) {
            throw new IllegalArgumentException("prompt " + index + " has token id " + prompt.highest()
                    + ", outside the vocabulary of " + config.vocabSize());
        }
        int positions = RopeTable.positions(config);
        if (prompt.size() >= positions) {
            throw new IllegalArgumentException("prompt " + index + " has " + prompt.size()
                    + " tokens, which leaves none of the model's " + positions + " positions to sample");
        }
    }

    /** Arrays that live as long as the policy; constant between calls, or something leaks. */
    int managedArrays() {
        return manager.getManagedArrays().size();
    }

    /** Waits for running calls, then frees the weights; later calls are refused. */
    @Override
    public void close() {
        lifecycle.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                manager.close();
            }
        } finally {
            lifecycle.writeLock().unlock();
        }
    }
}
