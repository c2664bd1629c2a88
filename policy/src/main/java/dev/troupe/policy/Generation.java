package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One batch on its way from prompts to completions; used by one thread and closed with its cache. */
final class Generation implements AutoCloseable {
    private final DecoderConfig config;
    private final NDManager manager;
    private final DecodingBatch batch;
    private final List<SampledSequence> sequences;
    /** The sequences that are computed, by row; finished ones stay until enough have gone to pay for a compaction. */
    private List<SampledSequence> rows;

    private final Map<String, ServingAdapter> adapters;

    /** @param requests those with the same adapter side by side */
    Generation(
            DecoderConfig config,
            ServingBackend backend,
            Map<String, ServingAdapter> adapters,
            List<GenerationRequest> requests,
            NDManager parent) {
        this.config = config;
        this.adapters = adapters;
        this.manager = parent.newSubManager();
        this.batch = backend.open(manager);
        this.sequences = requests.stream()
                .map(request -> new SampledSequence(request, config))
                .toList();
        this.rows = sequences;
    }

    List<Completion> run() {
        try (NDManager step = manager.newSubManager()) {
            sample(prefill(step));
        }
        while (compact()) {
            try (NDManager step = manager.newSubManager()) {
                sample(advance(step));
            }
        }
        return sequences.stream().map(SampledSequence::completion).toList();
    }

    /** Every distinct prompt once for each adapter; then a row for each sequence. */
    private NDArray prefill(NDManager step) {
        Map<DecodingBatch.Prompt, Integer> prompts = new LinkedHashMap<>();
        int[] promptOfRow = new int[rows.size()];
        for (int row = 0; row < promptOfRow.length; row++) {
            int next = prompts.size();
            SampledSequence sequence = rows.get(row);
            var prompt = new DecodingBatch.Prompt(
                    sequence.prompt(), sequence.adapter().map(adapters::get));
            promptOfRow[row] = prompts.computeIfAbsent(prompt, _ -> next);
        }
        return batch.prefill(new ArrayList<>(prompts.keySet()), promptOfRow, step);
    }

    private NDArray advance(NDManager step) {
        long[] ids = new long[rows.size()];
        long[] positions = new long[rows.size()];
        for (int row = 0; row < ids.length; row++) {
            SampledSequence sequence = rows.get(row);
            ids[row] = sequence.lastToken();
            positions[row] = sequence.lastPosition();
        }
        return batch.step(ids, positions, step);
    }

    private void sample(NDArray logits) {
        int vocab = config.vocabSize();
        float[] inverse = new float[rows.size()];
        boolean scaled = false;
        for (int row = 0; row < inverse.length; row++) {
            inverse[row] = rows.get(row).inverseTemperature();
            scaled |= inverse[row] != 1;
        }
        NDArray tempered =
                scaled ? logits.mul(logits.getManager().create(inverse, new Shape(inverse.length, 1))) : logits;
        float[] probabilities = tempered.softmax(-1).toFloatArray();
        for (int row = 0; row < inverse.length; row++) {
            if (!rows.get(row).isFinished()) {
                rows.get(row).sample(probabilities, row * vocab);
            }
        }
    }

    /** Lets finished rows go when they are a quarter of the batch; false when nothing is left to do. */
    private boolean compact() {
        int[] kept = new int[rows.size()];
        int count = 0;
        for (int row = 0; row < kept.length; row++) {
            if (!rows.get(row).isFinished()) {
                kept[count++] = row;
            }
        }
        if (count > 0 && count * 4 <= rows.size() * 3) {
            int[] keptRows = Arrays.copyOf(kept, count);
            try (NDManager step = manager.newSubManager()) {
                batch.keep(keptRows, step);
            }
            rows = Arrays.stream(keptRows).mapToObj(rows::get).toList();
        }
        return count > 0;
    }

    @Override
    public void close() {
        batch.close();
        manager.close();
    }
}
