package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/** The adapters of a batch on torch's side, and which rows each belongs to. */
final class ScriptedAdapters implements AutoCloseable {
    private final ScriptModule.Value pairs;
    private final long[] spans;

    private ScriptedAdapters(ScriptModule.Value pairs, long[] spans) {
        this.pairs = pairs;
        this.spans = spans;
    }

    static ScriptedAdapters of(ScriptModule module, AdapterRows rows) {
        ScriptModule.Value pairs = module.call("none").run();
        for (AdapterRows.Span span : rows.spans()) {
            try (ScriptModule.Value others = pairs) {
                pairs = behind(others, span.adapter(), module);
            }
        }
        long[] spans = rows.spans().stream()
                .flatMapToLong(span -> LongStream.of(span.from(), span.to()))
                .toArray();
        return new ScriptedAdapters(pairs, spans);
    }

    private static ScriptModule.Value behind(ScriptModule.Value others, ServingAdapter adapter, ScriptModule module) {
        List<NDArray> a = new ArrayList<>();
        List<NDArray> b = new ArrayList<>();
        List<Long> projections = new ArrayList<>();
        List<Long> starts = new ArrayList<>();
        long projection = 0;
        for (ServingAdapter.Layer layer : adapter.layers()) {
            for (var pieces : List.of(layer.qkv(), layer.output(), layer.gateUp(), layer.down())) {
                for (ServingAdapter.Piece piece : pieces) {
                    a.add(piece.a());
                    b.add(piece.b());
                    projections.add(projection);
                    starts.add(piece.from());
                }
                projection++;
            }
        }
        return module.call("adapter")
                .with(others)
                .with(a)
                .with(b)
                .with(array(projections))
                .with(array(starts))
                .run();
    }

    private static long[] array(List<Long> values) {
        return values.stream().mapToLong(Long::longValue).toArray();
    }

    ScriptModule.Call passTo(ScriptModule.Call call) {
        return call.with(pairs).with(spans);
    }

    @Override
    public void close() {
        pairs.close();
    }
}
