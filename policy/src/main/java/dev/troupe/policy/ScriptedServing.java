package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Serving by one TorchScript call for each pass; weights and cache stay on torch's side. */
final class ScriptedServing implements ServingBackend {
    private final ScriptModule module;
    private final boolean shared;
    private final ScriptModule.Value weights;

    private ScriptedServing(ScriptModule module, boolean shared, ScriptModule.Value weights) {
        this.module = module;
        this.shared = shared;
        this.weights = weights;
    }

    /**
     * @param folded may be closed afterwards
     * @param manager owns the module, unless it comes of a cache
     */
    static ScriptedServing of(
            DecoderConfig config,
            PolicyOptions options,
            FoldedWeights folded,
            NDManager manager,
            Optional<ScriptCache> cache) {
        String source = ScriptSource.read("serving.torchscript", config, options);
        ScriptModule module = cache.map(scripts -> scripts.module("serving", source, options.device()))
                .orElseGet(() -> ScriptModule.compile("serving", source, manager));
        try (NDManager step = manager.newSubManager()) {
            var rope = new RopeTable(config, step);
            int positions = RopeTable.positions(config);
            int half = config.headDim() / 2;
            RopeTable.Rotation rotation = rope.leading(positions, step);
            NDArray sines = Torch.slice(rotation.sin(), 3, 1, 2, step); // the positive ones
            ScriptModule.Value weights = module.call("prepare")
                    .with(inOrder(folded))
                    .with(rotation.cos().reshape(positions, half))
                    .with(sines.reshape(positions, half))
                    .run();
            return new ScriptedServing(module, cache.isPresent(), weights);
        }
    }

    private static List<NDArray> inOrder(FoldedWeights folded) {
        List<NDArray> arrays = new ArrayList<>();
        arrays.add(folded.embedding());
        for (FoldedWeights.Layer layer : folded.layers()) {
            arrays.add(layer.qkv());
            layer.qkvBias().ifPresent(arrays::add);
            layer.headNorms().ifPresent(arrays::add);
            arrays.add(layer.output());
            arrays.add(layer.gateUp());
            arrays.add(layer.down());
        }
        arrays.add(folded.head());
        return arrays;
    }

    @Override
    public DecodingBatch open(NDManager manager) {
        return new Batch(manager);
    }

    @Override
    public int openValues() {
        return module.openValues();
    }

    @Override
    public void close() {
        weights.close();
        if (!shared) {
            module.close();
        }
    }

    private final class Batch implements DecodingBatch {
        private final NDManager manager;
        private BatchColumns columns = BatchColumns.NONE;
        /** What each row continues. */
        private List<Prompt> rows = List.of();
        /** (rows, widest padding), or empty when no row is padded. */
        private NDArray padding;

        private ScriptedAdapters adapters;

        private ScriptModule.@Nullable Value cache;
        private int capacity;

        Batch(NDManager parent) {
            manager = parent.newSubManager();
            padding = manager.create(new Shape(0));
            adapters = ScriptedAdapters.of(module, new AdapterRows(List.of()));
        }

        @Override
        public NDArray admit(int[] kept, List<Prompt> prompts, int[] promptOfRow, NDManager step) {
            List<TokenIds> tokens = prompts.stream().map(Prompt::tokens).toList();
            int longest = tokens.stream().mapToInt(TokenIds::size).max().orElseThrow();
            LeftPadded input = LeftPadded.of(tokens, longest);
            Shape shape = new Shape(prompts.size(), longest);
            ScriptModule.Call call = module.call("prefill")
                    .with(weights)
                    .with(step.create(input.ids(), shape))
                    .with(step.create(input.positions(), shape))
                    .with(input.hasPadding() ? step.create(input.mask(), shape) : step.create(new Shape(0)))
                    .with(Math.max(1, ServingDecoder.PREFILL_TOKENS / longest));
            int[] lengths = IntStream.of(promptOfRow)
                    .map(prompt -> tokens.get(prompt).size())
                    .toArray();
            BatchColumns joined = columns.keep(kept).join(lengths);
            try (ScriptedAdapters prompted = adapters(prompts);
                    ScriptModule.Value result = prompted.passTo(call).run()) {
                List<ScriptModule.Value> parts = result.parts();
                try (ScriptModule.Value prompt = parts.getFirst();
                        ScriptModule.Value logits = parts.getLast()) {
                    if (kept.length == 0) {
                        rebuild(prompt, promptOfRow, 0, longest, step);
                    } else {
                        join(kept, prompt, promptOfRow, joined.length(), step);
                    }
                    continuing(
                            joined,
                            Stream.concat(
                                            IntStream.of(kept).mapToObj(rows::get),
                                            IntStream.of(promptOfRow).mapToObj(prompts::get))
                                    .toList());
                    return Torch.rows(logits.array(step), longs(promptOfRow, step));
                }
            }
        }

        @Override
        public void fork(int[] kept, List<Beginning> beginnings, NDManager step) {
            List<ScriptModule.Value> sources = new ArrayList<>();
            try {
                for (Beginning beginning : beginnings) {
                    int from = columns.begin(beginning.row());
                    int end = from + beginning.tokens();
                    sources.add(part(cache(), new int[] {beginning.row()}, from, end, beginning.tokens(), step));
                }
                List<Prompt> before = rows;
                int[] staying = kept;
                for (int i = 0; i < sources.size(); i++) {
                    Beginning beginning = beginnings.get(i);
                    int[] copies = new int[beginning.count()];
                    BatchColumns joined = columns.keep(staying).join(beginning.lengths());
                    if (staying.length == 0) {
                        rebuild(sources.get(i), copies, 0, beginning.tokens(), step);
                    } else {
                        join(staying, sources.get(i), copies, joined.length(), step);
                    }
                    continuing(
                            joined,
                            Stream.concat(
                                            IntStream.of(staying).mapToObj(rows::get),
                                            Collections.nCopies(copies.length, before.get(beginning.row())).stream())
                                    .toList());
                    staying = IntStream.range(0, joined.rows()).toArray();
                }
            } finally {
                sources.forEach(ScriptModule.Value::close);
            }
        }

        @Override
        public NDArray step(long[] ids, long[] positions, NDManager step) {
            if (columns.length() == capacity) {
                rebuild(cache(), IntStream.range(0, ids.length).toArray(), 0, capacity, step);
            }
            ScriptModule.Call call = module.call("step")
                    .with(weights)
                    .with(cache())
                    .with(step.create(ids))
                    .with(step.create(positions))
                    .with(padding)
                    .with(columns.length());
            NDArray logits = adapters.passTo(call).array(step);
            columns = columns.advance();
            return logits;
        }

        @Override
        public void keep(int[] kept, NDManager step) {
            rebuild(cache(), kept, columns.unused(kept), columns.length(), step);
            continuing(
                    columns.keep(kept), IntStream.of(kept).mapToObj(rows::get).toList());
        }

        private ScriptModule.Value cache() {
            if (cache == null) {
                throw new IllegalStateException("a step of an empty batch");
            }
            return cache;
        }

        /** Rows of a cache, its columns {@code from} to {@code end}. */
        private void rebuild(ScriptModule.Value source, int[] sourceRows, int from, int end, NDManager step) {
            capacity = end - from + KvCache.GROWTH;
            replaceCache(part(source, sourceRows, from, end, capacity, step));
        }

        private ScriptModule.Value part(
                ScriptModule.Value source, int[] sourceRows, int from, int end, int room, NDManager step) {
            return module.call("rebuilt")
                    .with(source)
                    .with(longs(sourceRows, step))
                    .with(from)
                    .with(end)
                    .with(room)
                    .run();
        }

        private void join(int[] kept, ScriptModule.Value prompts, int[] promptOfRow, int length, NDManager step) {
            capacity = length + KvCache.GROWTH;
            replaceCache(module.call("joined")
                    .with(cache())
                    .with(longs(kept, step))
                    .with(columns.unused(kept))
                    .with(columns.length())
                    .with(prompts)
                    .with(longs(promptOfRow, step))
                    .with(length)
                    .with(capacity)
                    .run());
        }

        private void replaceCache(ScriptModule.Value next) {
            dropCache();
            cache = next;
        }

        private ScriptedAdapters adapters(List<Prompt> prompts) {
            return ScriptedAdapters.of(
                    module, AdapterRows.of(prompts.stream().map(Prompt::adapter).toList()));
        }

        private void continuing(BatchColumns newColumns, List<Prompt> prompts) {
            columns = newColumns;
            rows = prompts;
            adapters.close();
            adapters = adapters(rows);
            padding.close();
            int width = columns.widestPadding();
            padding = width == 0
                    ? manager.create(new Shape(0))
                    : manager.create(columns.mask(), new Shape(rows.size(), width));
        }

        private static NDArray longs(int[] values, NDManager step) {
            return step.create(
                    LongStream.range(0, values.length).map(i -> values[(int) i]).toArray());
        }

        private void dropCache() {
            if (cache != null) {
                cache.close();
                cache = null;
            }
        }

        @Override
        public void close() {
            dropCache();
            adapters.close();
            manager.close();
        }
    }
}
