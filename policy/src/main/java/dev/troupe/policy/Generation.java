package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One batch on its way from prompts to completions; used by one thread and closed with its cache. */
final class Generation implements AutoCloseable {
    private final DecoderConfig config;
    private final ServingDecoder decoder;
    private final NDManager manager;
    private final KvCache cache;
    private final int promptLength;
    private final List<SampledSequence> sequences;
    /** The sequences that are computed, by row; finished ones stay until enough have gone to pay for a compaction. */
    private List<SampledSequence> rows;

    private final Map<String, ServingAdapter> adapters;

    private NDManager maskManager;
    private @Nullable NDArray paddingMask;

    /** @param requests those with the same adapter side by side */
    Generation(
            DecoderConfig config,
            ServingDecoder decoder,
            Map<String, ServingAdapter> adapters,
            List<GenerationRequest> requests,
            NDManager parent) {
        this.config = config;
        this.decoder = decoder;
        this.adapters = adapters;
        this.manager = parent.newSubManager();
        this.cache = new KvCache(config, manager);
        this.maskManager = manager.newSubManager();
        this.sequences = requests.stream()
                .map(request -> new SampledSequence(request, config))
                .toList();
        this.rows = sequences;
        this.promptLength = requests.stream()
                .mapToInt(request -> request.prompt().size())
                .max()
                .orElseThrow();
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

    /** What one forward of the prompts computes once for all sequences that share it. */
    private record PromptKey(TokenIds prompt, Optional<String> adapter) {}

    /** Every distinct prompt once for each adapter; then a row for each sequence. */
    private NDArray prefill(NDManager step) {
        Map<PromptKey, Integer> prompts = new LinkedHashMap<>();
        int[] promptOfRow = new int[rows.size()];
        long[] ids = new long[rows.size()];
        for (int row = 0; row < promptOfRow.length; row++) {
            int next = prompts.size();
            var key = new PromptKey(rows.get(row).prompt(), rows.get(row).adapter());
            promptOfRow[row] = prompts.computeIfAbsent(key, _ -> next);
            ids[row] = promptOfRow[row];
        }
        ServingDecoder.Prefill prefill = decoder.prefill(
                prompts.keySet().stream().map(PromptKey::prompt).toList(),
                adapterRows(prompts.keySet().stream().map(PromptKey::adapter).toList()),
                promptLength,
                step);
        cache.fill(prefill.cache(), promptOfRow, step);
        maskPadding();
        return Torch.rows(prefill.logits(), step.create(ids));
    }

    private NDArray advance(NDManager step) {
        long[] ids = new long[rows.size()];
        long[] positions = new long[rows.size()];
        for (int row = 0; row < ids.length; row++) {
            SampledSequence sequence = rows.get(row);
            ids[row] = sequence.lastToken();
            positions[row] = sequence.lastPosition();
        }
        cache.advance(step);
        NDArray mask = paddingMask == null ? null : widened(paddingMask, step);
        AdapterRows adapterRows =
                adapterRows(rows.stream().map(SampledSequence::adapter).toList());
        return decoder.step(step.create(ids), step.create(positions), adapterRows, cache, mask, step);
    }

    private AdapterRows adapterRows(List<Optional<String>> names) {
        return AdapterRows.of(
                names.stream().map(name -> name.map(adapters::get)).toList());
    }

    /** (rows, 1, 1, prompt) with zeros behind it for the positions since. */
    private NDArray widened(NDArray mask, NDManager step) {
        long sampled = cache.length() - (long) promptLength;
        NDArray zeros = step.zeros(new Shape(rows.size(), 1, 1, sampled));
        NDArray widened = mask.concat(zeros, 3);
        widened.attach(step);
        return widened;
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
                cache.keep(keptRows, step);
            }
            rows = Arrays.stream(keptRows).mapToObj(rows::get).toList();
            maskPadding();
        }
        return count > 0;
    }

    private void maskPadding() {
        maskManager.close();
        maskManager = manager.newSubManager();
        paddingMask = null;
        LeftPadded padded =
                LeftPadded.of(rows.stream().map(SampledSequence::prompt).toList(), promptLength);
        if (padded.hasPadding()) {
            paddingMask = maskManager.create(padded.mask(), new Shape(rows.size(), 1, 1, promptLength));
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
