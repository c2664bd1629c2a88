package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Which rows of a batch belong to which adapter: neighbours with the same adapter are computed together. */
record AdapterRows(List<Span> spans) {
    /** Rows {@code from} to {@code to} (exclusive). */
    record Span(ServingAdapter adapter, int from, int to) {}

    AdapterRows {
        spans = List.copyOf(spans);
    }

    /** @param adapters one for each row, in the order of the rows */
    static AdapterRows of(List<Optional<ServingAdapter>> adapters) {
        List<Span> spans = new ArrayList<>();
        int from = 0;
        for (int row = 1; row <= adapters.size(); row++) {
            if (row == adapters.size() || !adapters.get(row).equals(adapters.get(from))) {
                if (adapters.get(from).isPresent()) {
                    spans.add(new Span(adapters.get(from).get(), from, row));
                }
                from = row;
            }
        }
        return new AdapterRows(spans);
    }

    /** The part of rows {@code from} to {@code to}, counted from {@code from}. */
    AdapterRows slice(int from, int to) {
        List<Span> part = new ArrayList<>();
        for (Span span : spans) {
            int begin = Math.max(span.from(), from);
            int end = Math.min(span.to(), to);
            if (begin < end) {
                part.add(new Span(span.adapter(), begin - from, end - from));
            }
        }
        return new AdapterRows(part);
    }

    /**
     * Adds what each row's adapter adds to a projection.
     *
     * @param x input (rows, .., in)
     * @param output (rows, .., out); changed in place
     */
    NDArray add(
            NDArray x, NDArray output, int layer, Function<ServingAdapter.Layer, List<ServingAdapter.Piece>> pieces) {
        for (Span span : spans) {
            for (ServingAdapter.Piece piece :
                    pieces.apply(span.adapter().layers().get(layer))) {
                piece.addTo(output, x, span.from(), span.to());
            }
        }
        return output;
    }
}
