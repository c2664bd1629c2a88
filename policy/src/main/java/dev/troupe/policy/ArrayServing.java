package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
        private BatchColumns columns = BatchColumns.NONE;
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
        public NDArray admit(int[] kept, List<Prompt> prompts, int[] promptOfRow, NDManager step) {
            List<TokenIds> tokens = prompts.stream().map(Prompt::tokens).toList();
            int longest = tokens.stream().mapToInt(TokenIds::size).max().orElseThrow();
            ServingDecoder.Prefill prefill = decoder.prefill(tokens, adapters(prompts), longest, step);
            cache.admit(kept, columns.unused(kept), prefill.cache(), promptOfRow, step);
            int[] lengths = IntStream.of(promptOfRow)
                    .map(prompt -> tokens.get(prompt).size())
                    .toArray();
            continuing(
                    columns.keep(kept).join(lengths),
                    Stream.concat(
                                    IntStream.of(kept).mapToObj(rows::get),
                                    IntStream.of(promptOfRow).mapToObj(prompts::get))
                            .toList());
            return Torch.rows(
                    prefill.logits(),
                    step.create(IntStream.of(promptOfRow).asLongStream().toArray()));
        }

        @Override
        public void fork(int[] kept, List<Beginning> beginnings, NDManager step) {
            cache.fork(kept, beginnings, columns, step);
            BatchColumns joined = columns.keep(kept);
            List<Prompt> prompts =
                    new ArrayList<>(IntStream.of(kept).mapToObj(rows::get).toList());
            for (Beginning beginning : beginnings) {
                joined = joined.join(beginning.lengths());
                prompts.addAll(Collections.nCopies(beginning.count(), rows.get(beginning.row())));
            }
            continuing(joined, prompts);
        }

        @Override
        public NDArray step(long[] ids, long[] positions, NDManager step) {
            cache.advance(step);
            columns = columns.advance();
            NDArray mask = paddingMask == null ? null : widened(paddingMask, step);
            return decoder.step(step.create(ids), step.create(positions), adapters, cache, mask, step);
        }

        /** (rows, 1, 1, padding) with zeros behind it for the columns without any. */
        private NDArray widened(NDArray mask, NDManager step) {
            long rest = cache.length() - mask.getShape().get(3);
            NDArray widened = mask.concat(step.zeros(new Shape(rows.size(), 1, 1, rest)), 3);
            widened.attach(step);
            return widened;
        }

        @Override
        public void keep(int[] kept, NDManager step) {
            cache.keep(kept, columns.unused(kept), step);
            continuing(
                    columns.keep(kept), IntStream.of(kept).mapToObj(rows::get).toList());
        }

        private static AdapterRows adapters(List<Prompt> prompts) {
            return AdapterRows.of(prompts.stream().map(Prompt::adapter).toList());
        }

        private void continuing(BatchColumns newColumns, List<Prompt> prompts) {
            columns = newColumns;
            rows = prompts;
            adapters = adapters(prompts);
            maskManager.close();
            maskManager = manager.newSubManager();
            int padding = columns.widestPadding();
            paddingMask =
                    padding == 0 ? null : maskManager.create(columns.mask(), new Shape(rows.size(), 1, 1, padding));
        }

        @Override
        public void close() {
            manager.close();
        }
    }
}
