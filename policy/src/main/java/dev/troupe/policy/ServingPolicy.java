package dev.troupe.policy;

import static java.util.Objects.requireNonNull;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
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
    private final ComputeDevice device;
    private final ServingBackend backend;
    /** Norms of the base, which an adapter is folded with. */
    private final List<WeightFolding.Norms> norms;

    private final ReentrantReadWriteLock lifecycle = new ReentrantReadWriteLock();
    private final AdapterShelf adapters = new AdapterShelf();
    private boolean closed; // guarded by lifecycle

    private ServingPolicy(
            DecoderConfig config,
            NDManager manager,
            ComputeDevice device,
            ServingBackend backend,
            List<WeightFolding.Norms> norms) {
        this.config = config;
        this.manager = manager;
        this.device = device;
        this.norms = List.copyOf(norms);
        this.backend = backend;
    }

    /**
     * Loads a Hugging Face directory of one of the {@link Family families}; it is not needed afterwards.
     *
     * @throws CheckpointException when a file is missing, corrupt or does not fit its config.json
     */
    public static ServingPolicy load(Path checkpointDirectory) throws IOException {
        return load(checkpointDirectory, PolicyOptions.DEFAULT);
    }

    /** As {@link #load(Path)}, computed as the options say. */
    public static ServingPolicy load(Path checkpointDirectory, PolicyOptions options) throws IOException {
        return load(checkpointDirectory, options, Optional.empty());
    }

    /** As {@link #load(Path, PolicyOptions)}; what has to be compiled is kept for the next one of this shape. */
    public static ServingPolicy load(Path checkpointDirectory, PolicyOptions options, ScriptCache cache)
            throws IOException {
        return load(checkpointDirectory, options, Optional.of(cache));
    }

    private static ServingPolicy load(Path checkpointDirectory, PolicyOptions options, Optional<ScriptCache> cache)
            throws IOException {
        try (CheckpointReader checkpoint = CheckpointReader.open(checkpointDirectory)) {
            NDManager manager = Torch.newManager(options.device());
            boolean loaded = false;
            try {
                List<WeightFolding.Norms> norms = WeightFolding.norms(checkpoint, manager);
                ServingBackend backend = backend(checkpoint, options, manager, cache);
                loaded = true;
                return new ServingPolicy(checkpoint.config(), manager, options.device(), backend, norms);
            } finally {
                if (!loaded) {
                    manager.close();
                }
            }
        }
    }

    private static ServingBackend backend(
            CheckpointReader checkpoint, PolicyOptions options, NDManager manager, Optional<ScriptCache> cache)
            throws IOException {
        DecoderConfig config = checkpoint.config();
        return switch (options.backend()) {
            case NDARRAY -> {
                FoldedWeights weights = WeightFolding.load(checkpoint, manager);
                yield new ArrayServing(config, new ServingDecoder(config, weights, new RopeTable(config, manager)));
            }
            case TORCHSCRIPT -> {
                options.warnIfSlow();
                try (NDManager folding = manager.newSubManager()) {
                    FoldedWeights weights = WeightFolding.load(checkpoint, folding);
                    yield ScriptedServing.of(config, options, weights, manager, cache);
                }
            }
        };
    }

    /**
     * Loads a PEFT adapter directory beside the base; requests name it. Other calls go on meanwhile.
     *
     * @throws CheckpointException when the adapter is corrupt or does not fit the base
     * @throws IllegalArgumentException when an adapter of that name is loaded: a new version needs a new name, so that
     *     running sequences end on theirs
     */
    public void loadAdapter(String name, Path adapterDirectory) throws IOException {
        NDManager memory = Torch.newManager(device);
        boolean loaded = false;
        // The norms it is folded with must not be freed meanwhile.
        lifecycle.readLock().lock();
        try (AdapterReader reader = AdapterReader.open(adapterDirectory, config)) {
            requireOpen();
            adapters.add(name, ServingAdapter.load(reader, config, norms, memory), memory);
            loaded = true;
        } finally {
            lifecycle.readLock().unlock();
            if (!loaded) {
                memory.close();
            }
        }
    }

    /**
     * Takes an adapter off; it is freed when the last sequence that uses it has left.
     *
     * @return false when none of that name is loaded
     */
    public boolean unloadAdapter(String name) {
        return adapters.remove(name);
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the policy is closed");
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
     * @throws IllegalArgumentException when a prompt has an id outside the vocabulary or leaves no position to sample,
     *     or when a request names an adapter that is not loaded
     * @throws IllegalStateException when the policy is closed
     */
    public List<Completion> generate(List<GenerationRequest> requests) {
        RunningBatch.check(config, requests);
        // Prompts of like length together, so that little is spent on padding.
        List<Integer> order = IntStream.range(0, requests.size())
                .boxed()
                .sorted(Comparator.comparingInt(
                        (Integer i) -> requests.get(i).prompt().size()))
                .toList();
        Completion[] completions = new Completion[requests.size()];
        return whileOpen(() -> {
            Map<RunningBatch.Ticket, Integer> places = new HashMap<>();
            try (RunningBatch batch = open()) {
                for (int next = 0; next < order.size() || batch.size() > 0; ) {
                    int room = MAX_BATCH - batch.size();
                    // A prefill for a few rows costs more than it brings.
                    if (next < order.size() && room >= MAX_BATCH / 4) {
                        List<Integer> coming = order.subList(next, Math.min(order.size(), next + room));
                        List<RunningBatch.Ticket> tickets =
                                batch.admit(coming.stream().map(requests::get).toList());
                        for (int i = 0; i < tickets.size(); i++) {
                            places.put(tickets.get(i), coming.get(i));
                        }
                        next += coming.size();
                    }
                    batch.step();
                    for (RunningBatch.Finished done : batch.takeFinished()) {
                        completions[requireNonNull(places.remove(done.ticket()))] = done.completion();
                    }
                }
            }
            return Arrays.asList(completions);
        });
    }

    /**
     * An empty batch that computes with these weights; close it before the policy is closed.
     *
     * @throws IllegalStateException when the policy is closed
     */
    public RunningBatch open() {
        return whileOpen(() -> new RunningBatch(config, backend, adapters, manager, this::whileOpen));
    }

    private <T> T whileOpen(Supplier<T> action) {
        lifecycle.readLock().lock();
        try {
            requireOpen();
            return action.get();
        } finally {
            lifecycle.readLock().unlock();
        }
    }

    /** Arrays that live as long as the policy; constant between calls, or something leaks. */
    int managedArrays() {
        return manager.getManagedArrays().size() + backend.openValues();
    }

    /** Waits for running calls, then frees the weights; later calls are refused. */
    @Override
    public void close() {
        lifecycle.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                adapters.close();
                backend.close();
                manager.close();
            }
        } finally {
            lifecycle.writeLock().unlock();
        }
    }
}
