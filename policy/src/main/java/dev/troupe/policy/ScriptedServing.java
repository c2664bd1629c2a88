package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Serving by one TorchScript call for each pass; weights and cache stay on torch's side. */
final class ScriptedServing implements ServingBackend {
    private final ScriptModule module;
    private final ScriptModule.Value weights;

    private ScriptedServing(ScriptModule module, ScriptModule.Value weights) {
        this.module = module;
        this.weights = weights;
    }

    /**
     * @param folded may be closed afterwards
     * @param manager owns the module
     */
    static ScriptedServing of(DecoderConfig config, PolicyOptions options, FoldedWeights folded, NDManager manager) {
        String source = ScriptSource.read("serving.torchscript", config, options);
        ScriptModule module = ScriptModule.compile("serving", source, manager);
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
            return new ScriptedServing(module, weights);
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
        module.close();
    }

    private final class Batch implements DecodingBatch {
        private final NDManager manager;
        private int promptLength;
        /** What each row continues. */
        private List<Prompt> rows = List.of();
        /** (rows, prompt), or empty when no prompt is padded. */
        private NDArray padding;

        private ScriptedAdapters adapters;

        private ScriptModule.@Nullable Value cache;
        private int length;
        private int capacity;

        Batch(NDManager parent) {
            manager = parent.newSubManager();
            padding = manager.create(new Shape(0));
            adapters = ScriptedAdapters.of(module, new AdapterRows(List.of()));
        }

        @Override
        public NDArray prefill(List<Prompt> distinct, int[] promptOfRow, NDManager step) {
            List<TokenIds> tokens = distinct.stream().map(Prompt::tokens).toList();
            promptLength = tokens.stream().mapToInt(TokenIds::size).max().orElseThrow();
            length = promptLength;
            LeftPadded input = LeftPadded.of(tokens, promptLength);
            Shape shape = new Shape(distinct.size(), promptLength);
            ScriptModule.Call call = module.call("prefill")
                    .with(weights)
                    .with(step.create(input.ids(), shape))
                    .with(step.create(input.positions(), shape))
                    .with(input.hasPadding() ? step.create(input.mask(), shape) : padding)
                    .with(Math.max(1, ServingDecoder.PREFILL_TOKENS / promptLength));
            try (ScriptedAdapters prompted = adapters(distinct);
                    ScriptModule.Value result = prompted.passTo(call).run()) {
                List<ScriptModule.Value> parts = result.parts();
                try (ScriptModule.Value prompt = parts.getFirst();
                        ScriptModule.Value logits = parts.getLast()) {
                    rebuild(prompt, promptOfRow, step);
                    continuing(IntStream.of(promptOfRow).mapToObj(distinct::get).toList());
                    return Torch.rows(logits.array(step), longs(promptOfRow, step));
                }
            }
        }

        @Override
        public NDArray step(long[] ids, long[] positions, NDManager step) {
            if (length == capacity) {
                rebuild(cache(), IntStream.range(0, ids.length).toArray(), step);
            }
            ScriptModule.Call call = module.call("step")
                    .with(weights)
                    .with(cache())
                    .with(step.create(ids))
                    .with(step.create(positions))
                    .with(padding)
                    .with(length);
            NDArray logits = adapters.passTo(call).array(step);
            length++;
            return logits;
        }

        @Override
        public void keep(int[] kept, NDManager step) {
            rebuild(cache(), kept, step);
            continuing(IntStream.of(kept).mapToObj(rows::get).toList());
        }

        private ScriptModule.Value cache() {
            if (cache == null) {
                throw new IllegalStateException("a step before the prefill");
            }
            return cache;
        }

        private void rebuild(ScriptModule.Value source, int[] sourceRows, NDManager step) {
            capacity = length + KvCache.GROWTH;
            ScriptModule.Value rebuilt = module.call("rebuilt")
                    .with(source)
                    .with(longs(sourceRows, step))
                    .with(length)
                    .with(capacity)
                    .run();
            dropCache();
            cache = rebuilt;
        }

        private ScriptedAdapters adapters(List<Prompt> prompts) {
            return ScriptedAdapters.of(
                    module, AdapterRows.of(prompts.stream().map(Prompt::adapter).toList()));
        }

        private void continuing(List<Prompt> prompts) {
            rows = prompts;
            adapters.close();
            adapters = adapters(rows);
            LeftPadded padded =
                    LeftPadded.of(prompts.stream().map(Prompt::tokens).toList(), promptLength);
            padding.close();
            padding = padded.hasPadding()
                    ? manager.create(padded.mask(), new Shape(prompts.size(), promptLength))
                    : manager.create(new Shape(0));
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
