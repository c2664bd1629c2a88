package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Serving by one engine call for each operation. */
record ArrayServing(DecoderConfig config, ServingDecoder decoder) implements ServingBackend {
    @Override
    public DecodingBatch open(NDManager manager) {
        return new Batch(manager);
    }

    private final class Batch implements DecodingBatch {
        private final NDManager manager;
        private final KvCache cache;
        private int promptLength;
        /** What each row continues. */
        private List<Prompt> rows = List.of();

        private AdapterRows adapters = new AdapterRows(List.of());

        private NDManager maskManager;
        private @Nullable NDArray paddingMask;

        Batch(NDManager parent) {
            manager = parent.newSubManager();
            maskManager = manager.newSubManager();
            cache = new KvCache(config, manager);
        }

        @Override
        public NDArray prefill(List<Prompt> distinct, int[] promptOfRow, NDManager step) {
            List<TokenIds> tokens = distinct.stream().map(Prompt::tokens).toList();
            promptLength = tokens.stream().mapToInt(TokenIds::size).max().orElseThrow();
            ServingDecoder.Prefill prefill = decoder.prefill(tokens, adapters(distinct), promptLength, step);
            cache.fill(prefill.cache(), promptOfRow, step);
            continuing(IntStream.of(promptOfRow).mapToObj(distinct::get).toList());
            return Torch.rows(
                    prefill.logits(),
                    step.create(IntStream.of(promptOfRow).asLongStream().toArray()));
        }

        @Override
        public NDArray step(long[] ids, long[] positions, NDManager step) {
            cache.advance(step);
            NDArray mask = paddingMask == null ? null : widened(paddingMask, step);
            return decoder.step(step.create(ids), step.create(positions), adapters, cache, mask, step);
        }

        /** (rows, 1, 1, prompt) with zeros behind it for the positions since. */
        private NDArray widened(NDArray mask, NDManager step) {
            long sampled = cache.length() - (long) promptLength;
            NDArray zeros = step.zeros(new Shape(rows.size(), 1, 1, sampled));
            NDArray widened = mask.concat(zeros, 3);
            widened.attach(step);
            return widened;
        }

        @Override
        public void keep(int[] kept, NDManager step) {
            cache.keep(kept, step);
            continuing(IntStream.of(kept).mapToObj(rows::get).toList());
        }

        private static AdapterRows adapters(List<Prompt> prompts) {
            return AdapterRows.of(prompts.stream().map(Prompt::adapter).toList());
        }

        private void continuing(List<Prompt> prompts) {
            rows = prompts;
            adapters = adapters(prompts);
            maskManager.close();
            maskManager = manager.newSubManager();
            LeftPadded padded =
                    LeftPadded.of(prompts.stream().map(Prompt::tokens).toList(), promptLength);
            paddingMask = padded.hasPadding()
                    ? maskManager.create(padded.mask(), new Shape(rows.size(), 1, 1, promptLength))
                    : null;
        }

        @Override
        public void close() {
            manager.close();
        }
    }
}
