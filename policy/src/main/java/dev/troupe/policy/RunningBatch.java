package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Requests that are completed together and come and go while it runs ("continuous batching", Orca, OSDI 2022): those
 * admitted join between two steps, those finished or cancelled leave. Draws come from each request's own seed, so the
 * company does not matter.
 *
 * <p>Owned by one thread; not thread-safe.
 */
public final class RunningBatch implements AutoCloseable {
    /** Runs something while the weights cannot be freed. */
    @FunctionalInterface
    interface Access {
        <T> T with(Supplier<T> action);
    }

    /** The name of a request in a batch. */
    public static final class Ticket {
        private Ticket() {}
    }

    /**
     * A request that is done.
     *
     * @param ticket under which it was admitted
     */
    public record Finished(Ticket ticket, Completion completion) {}

    private final DecoderConfig config;
    private final Access access;
    private final AdapterShelf adapters;
    private final NDManager manager;
    private final DecodingBatch batch;
    /** The sequences that are computed; those that leave stay until enough have gone to pay for a compaction. */
    private List<BatchRow> rows = List.of();

    private final List<Finished> finished = new ArrayList<>();

    RunningBatch(DecoderConfig config, ServingBackend backend, AdapterShelf adapters, NDManager parent, Access access) {
        this.config = config;
        this.access = access;
        this.adapters = adapters;
        this.manager = parent.newSubManager();
        this.batch = backend.open(manager);
    }

    /**
     * Reads the prompts, equal ones once, and draws the first token of each; those that a sequence of the batch has
     * read already are not read again, and their first token is drawn with the next step.
     *
     * @return a ticket for each, in their order
     * @throws IllegalArgumentException when a prompt has an id outside the vocabulary or leaves no position to sample,
     *     or when a request names an adapter that is not loaded; then none is admitted
     */
    public List<Ticket> admit(List<GenerationRequest> requests) {
        check(config, requests);
        var coming = new ArrayList<BatchRow>();
        access.with(() -> {
            try {
                for (GenerationRequest request : requests) {
                    Optional<AdapterShelf.Use> adapter = request.adapter().map(adapters::use);
                    coming.add(new BatchRow(new Ticket(), new SampledSequence(request, config), adapter));
                }
            } catch (IllegalArgumentException e) {
                coming.forEach(BatchRow::release);
                throw e;
            }
            join(coming);
            return coming;
        });
        return coming.stream().map(BatchRow::ticket).toList();
    }

    /** @throws IllegalArgumentException when a prompt cannot be completed, naming it */
    static void check(DecoderConfig config, List<GenerationRequest> requests) {
        int positions = RopeTable.positions(config);
        for (int i = 0; i < requests.size(); i++) {
            TokenIds prompt = requests.get(i).prompt();
            if (prompt.highest() >= config.vocabSize()) {
                throw new IllegalArgumentException("prompt " + i + " has token id " + prompt.highest()
                        + ", outside the vocabulary of " + config.vocabSize());
            }
            if (prompt.size() >= positions) {
                throw new IllegalArgumentException("prompt " + i + " has " + prompt.size()
                        + " tokens, which leaves none of the model's " + positions + " positions to sample");
            }
        }
    }

    /** Prompts that a row has read already are not read again: it is forked, and the next step does the rest. */
    private void join(List<BatchRow> coming) {
        Torch.inference();
        Map<BatchRow, List<BatchRow>> forks = new LinkedHashMap<>();
        List<BatchRow> reading = new ArrayList<>();
        for (BatchRow row : coming) {
            Optional<BatchRow> sibling = rows.stream().filter(row::beginsAs).findFirst();
            sibling.map(source -> forks.computeIfAbsent(source, _ -> new ArrayList<>()))
                    .orElse(reading)
                    .add(row);
        }
        if (!forks.isEmpty()) {
            fork(forks);
        }
        if (!reading.isEmpty()) {
            read(reading);
        }
    }

    private void fork(Map<BatchRow, List<BatchRow>> forks) {
        int[] kept = staying();
        List<DecodingBatch.Beginning> beginnings = forks.entrySet().stream()
                .map(fork -> new DecodingBatch.Beginning(
                        rows.indexOf(fork.getKey()),
                        // The last token's logits are what the first draw comes from.
                        fork.getKey().sequence().prompt().size() - 1,
                        fork.getValue().size()))
                .toList();
        try (NDManager step = manager.newSubManager()) {
            batch.fork(kept, beginnings, step);
        }
        keepOnly(kept);
        rows = Stream.concat(rows.stream(), forks.values().stream().flatMap(List::stream))
                .toList();
    }

    private void read(List<BatchRow> coming) {
        // Neighbours with the same adapter are computed together.
        List<BatchRow> ordered = coming.stream()
                .sorted(Comparator.comparing(row -> row.sequence().adapter().orElse("")))
                .toList();
        Map<DecodingBatch.Prompt, Integer> prompts = new LinkedHashMap<>();
        int[] promptOfRow = new int[ordered.size()];
        for (int row = 0; row < promptOfRow.length; row++) {
            int next = prompts.size();
            promptOfRow[row] = prompts.computeIfAbsent(ordered.get(row).prompt(), _ -> next);
        }
        int[] kept = staying();
        try (NDManager step = manager.newSubManager()) {
            NDArray logits = batch.admit(kept, new ArrayList<>(prompts.keySet()), promptOfRow, step);
            keepOnly(kept);
            rows = Stream.concat(rows.stream(), ordered.stream()).toList();
            sample(logits, ordered);
        }
    }

    /** Draws one more token for each sequence that is not done. */
    public void step() {
        if (size() == 0) {
            return;
        }
        access.with(() -> {
            Torch.inference();
            compact();
            try (NDManager step = manager.newSubManager()) {
                long[] ids = new long[rows.size()];
                long[] positions = new long[rows.size()];
                for (int row = 0; row < ids.length; row++) {
                    SampledSequence sequence = rows.get(row).sequence();
                    ids[row] = sequence.lastToken();
                    positions[row] = sequence.lastPosition();
                }
                sample(batch.step(ids, positions, step), rows);
            }
            return rows;
        });
    }

    private void sample(NDArray logits, List<BatchRow> drawing) {
        int vocab = config.vocabSize();
        float[] inverse = new float[drawing.size()];
        boolean scaled = false;
        for (int row = 0; row < inverse.length; row++) {
            inverse[row] = drawing.get(row).sequence().inverseTemperature();
            scaled |= inverse[row] != 1;
        }
        NDArray tempered =
                scaled ? logits.mul(logits.getManager().create(inverse, new Shape(inverse.length, 1))) : logits;
        float[] probabilities = tempered.softmax(-1).toFloatArray();
        for (int row = 0; row < inverse.length; row++) {
            BatchRow running = drawing.get(row);
            if (!running.leaves()) {
                running.sequence().sample(probabilities, row * vocab);
                if (running.sequence().isFinished()) {
                    finished.add(
                            new Finished(running.ticket(), running.sequence().completion()));
                }
            }
        }
    }

    /** What was completed since the last call, in the order in which it was. */
    public List<Finished> takeFinished() {
        List<Finished> taken = List.copyOf(finished);
        finished.clear();
        return taken;
    }

    /** A sequence that nobody waits for any more leaves with the next step; one that is done already stays done. */
    public void cancel(Ticket ticket) {
        running(List.of(ticket)).forEach(BatchRow::leave);
    }

    /** Tokens drawn so far for a sequence that is not done. @throws IllegalArgumentException when there is none */
    public int drawn(Ticket ticket) {
        return running(List.of(ticket)).stream()
                .mapToInt(row -> row.sequence().drawn())
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no sequence runs under this ticket"));
    }

    private List<BatchRow> running(Collection<Ticket> tickets) {
        return rows.stream()
                .filter(row -> !row.leaves() && tickets.contains(row.ticket()))
                .toList();
    }

    /** Sequences that are not done. */
    public int size() {
        return (int) rows.stream().filter(row -> !row.leaves()).count();
    }

    /**
     * Takes over unfinished sequences of another batch: each goes on with these weights from what it has drawn so far,
     * which is read as its prompt, so that every log-probability is this policy's own.
     *
     * @param tickets of the other batch; those that are done already are passed over
     * @throws IllegalArgumentException when the other's policy has another config, or a sequence an adapter; then
     *     nothing is taken over
     */
    public void carryOver(RunningBatch other, Collection<Ticket> tickets) {
        if (!other.config.equals(config)) {
            throw new IllegalArgumentException("sequences cannot be carried over to a policy of another config");
        }
        List<BatchRow> leaving = other.running(tickets);
        if (leaving.stream().anyMatch(BatchRow::hasAdapter)) {
            throw new IllegalArgumentException("sequences of an adapter cannot be carried over to another base");
        }
        access.with(() -> {
            join(leaving.stream()
                    .map(row -> new BatchRow(row.ticket(), row.sequence(), Optional.empty()))
                    .toList());
            return leaving;
        });
        leaving.forEach(BatchRow::leave);
    }

    private int[] staying() {
        return IntStream.range(0, rows.size())
                .filter(row -> !rows.get(row).leaves())
                .toArray();
    }

    /** Lets those go that leave, when they are a quarter of the batch. */
    private void compact() {
        int[] kept = staying();
        if (kept.length * 4 <= rows.size() * 3) {
            try (NDManager step = manager.newSubManager()) {
                batch.keep(kept, step);
            }
            keepOnly(kept);
        }
    }

    private void keepOnly(int[] kept) {
        List<BatchRow> staying = IntStream.of(kept).mapToObj(rows::get).toList();
        rows.stream().filter(BatchRow::leaves).forEach(BatchRow::release);
        rows = staying;
    }

    /** Forgets the sequences; those not done are never completed. */
    @Override
    public void close() {
        rows.forEach(BatchRow::release);
        rows = List.of();
        batch.close();
        manager.close();
    }
}
