package dev.troupe.policy;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    private final ComputeDevice device;
    private final ServingBackend backend;
    /** Norms of the base, which an adapter is folded with. */
    private final List<WeightFolding.Norms> norms;

    private final ReentrantReadWriteLock lifecycle = new ReentrantReadWriteLock();
    private final Map<String, LoadedAdapter> adapters = new HashMap<>(); // guarded by lifecycle
    private boolean closed; // guarded by lifecycle

    /** An adapter with the memory that is freed when it is unloaded. */
    private record LoadedAdapter(ServingAdapter weights, NDManager manager) {}

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
        try (CheckpointReader checkpoint = CheckpointReader.open(checkpointDirectory)) {
            NDManager manager = Torch.newManager(options.device());
            boolean loaded = false;
            try {
                List<WeightFolding.Norms> norms = WeightFolding.norms(checkpoint, manager);
                ServingBackend backend = backend(checkpoint, options, manager);
                loaded = true;
                return new ServingPolicy(checkpoint.config(), manager, options.device(), backend, norms);
            } finally {
                if (!loaded) {
                    manager.close();
                }
            }
        }
    }

    private static ServingBackend backend(CheckpointReader checkpoint, PolicyOptions options, NDManager manager)
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
                    yield ScriptedServing.of(config, options, weights, manager);
                }
            }
        };
    }

    /**
     * Loads a PEFT adapter directory beside the base; requests name it. It is read while other calls go on, and only
     * taken up between them.
     *
     * @throws CheckpointException when the adapter is corrupt or does not fit the base
     * @throws IllegalArgumentException when an adapter of that name is loaded: a new version needs a new name, so that
     *     running sequences end on theirs
     */
    public void loadAdapter(String name, Path adapterDirectory) throws IOException {
        NDManager memory = Torch.newManager(device);
        boolean loaded = false;
        try (AdapterReader reader = AdapterReader.open(adapterDirectory, config)) {
            LoadedAdapter adapter;
            // The norms it is folded with must not be freed meanwhile.
            lifecycle.readLock().lock();
            try {
                requireOpen();
                adapter = new LoadedAdapter(ServingAdapter.load(reader, config, norms, memory), memory);
            } finally {
                lifecycle.readLock().unlock();
            }
            lifecycle.writeLock().lock();
            try {
                requireOpen();
                if (adapters.putIfAbsent(name, adapter) != null) {
                    throw new IllegalArgumentException("adapter '" + name + "' is loaded already");
                }
                loaded = true;
            } finally {
                lifecycle.writeLock().unlock();
            }
        } finally {
            if (!loaded) {
                memory.close();
            }
        }
    }

    /** Waits for running calls and frees an adapter; false when none of that name is loaded. */
    public boolean unloadAdapter(String name) {
        lifecycle.writeLock().lock();
        try {
            LoadedAdapter adapter = adapters.remove(name);
            if (adapter != null) {
                adapter.manager().close();
            }
            return adapter != null;
        } finally {
            lifecycle.writeLock().unlock();
        }
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
        for (int i = 0; i < requests.size(); i++) {
            check(i, requests.get(i));
        }
        lifecycle.readLock().lock();
        try {
            requireOpen();
            Map<String, ServingAdapter> named = new HashMap<>();
            adapters.forEach((name, adapter) -> named.put(name, adapter.weights()));
            for (GenerationRequest request : requests) {
                if (request.adapter().isPresent()
                        && !named.containsKey(request.adapter().get())) {
                    throw new IllegalArgumentException(
                            "no adapter '" + request.adapter().get() + "' is loaded; loaded are " + named.keySet());
                }
            }
            Torch.inference();
            return inBatches(requests, named);
        } finally {
            lifecycle.readLock().unlock();
        }
    }

    private List<Completion> inBatches(List<GenerationRequest> requests, Map<String, ServingAdapter> named) {
        // Prompts of like length together, so that little is spent on padding.
        List<Integer> order = IntStream.range(0, requests.size())
                .boxed()
                .sorted(Comparator.comparingInt(
                        (Integer i) -> requests.get(i).prompt().size()))
                .toList();
        Completion[] completions = new Completion[requests.size()];
        for (int from = 0; from < order.size(); from += MAX_BATCH) {
            // Neighbours with the same adapter are computed together.
            List<Integer> batch = order.subList(from, Math.min(order.size(), from + MAX_BATCH)).stream()
                    .sorted(Comparator.comparing(i -> requests.get(i).adapter().orElse("")))
                    .toList();
            List<GenerationRequest> batched = batch.stream().map(requests::get).toList();
            try (Generation generation = new Generation(config, backend, named, batched, manager)) {
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
        return manager.getManagedArrays().size() + backend.openValues();
    }

    /** Waits for running calls, then frees the weights; later calls are refused. */
    @Override
    public void close() {
        lifecycle.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                adapters.values().forEach(adapter -> adapter.manager().close());
                adapters.clear();
                backend.close();
                manager.close();
            }
        } finally {
            lifecycle.writeLock().unlock();
        }
    }
}
