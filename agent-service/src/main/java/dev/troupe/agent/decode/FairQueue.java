package dev.troupe.agent.decode;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * What waits, in lines. The line that has been given the fewest tokens is served next; one that was empty starts where
 * the others are, so that it can neither claim what it left nor be made to wait for it (virtual token counter, Sheng et
 * al., "Fairness in Serving Large Language Models", OSDI 2024, algorithm 2). Within a line the first comes first.
 */
final class FairQueue<T> {
    private static final class Line<T> {
        private final ArrayDeque<T> items = new ArrayDeque<>();
        private long given;
    }

    private final ToLongFunction<T> tokens;
    private final Map<String, Line<T>> lines = new LinkedHashMap<>();
    /** What the line served last had been given. */
    private long level;

    /** @param tokens what an item costs */
    FairQueue(ToLongFunction<T> tokens) {
        this.tokens = tokens;
    }

    void add(String name, T item) {
        Line<T> line = lines.computeIfAbsent(name, _ -> new Line<>());
        if (line.items.isEmpty()) {
            line.given = Math.max(line.given, level);
        }
        line.items.add(item);
    }

    boolean isEmpty() {
        return lines.values().stream().allMatch(line -> line.items.isEmpty());
    }

    int size() {
        return lines.values().stream().mapToInt(line -> line.items.size()).sum();
    }

    /** The next item, which stays. */
    Optional<T> peek() {
        return next().map(line -> line.items.getFirst());
    }

    /**
     * Takes the next item, and those right behind it in its line for as long as they fit.
     *
     * @param fits is asked once about each, in order, the first excepted; the first that does not fit ends it
     */
    List<T> take(Predicate<T> fits) {
        Optional<Line<T>> next = next();
        if (next.isEmpty()) {
            return List.of();
        }
        Line<T> line = next.get();
        level = line.given;
        var taken = new ArrayList<T>();
        do {
            T item = line.items.removeFirst();
            line.given += tokens.applyAsLong(item);
            taken.add(item);
        } while (!line.items.isEmpty() && fits.test(line.items.getFirst()));
        return taken;
    }

    /** Takes out all for which the condition holds. */
    List<T> drain(Predicate<T> condition) {
        var taken = new ArrayList<T>();
        for (Line<T> line : lines.values()) {
            line.items.removeIf(item -> {
                boolean out = condition.test(item);
                if (out) {
                    taken.add(item);
                }
                return out;
            });
        }
        // A line that is empty and behind the others says nothing any more.
        lines.values().removeIf(line -> line.items.isEmpty() && line.given <= level);
        return taken;
    }

    private Optional<Line<T>> next() {
        return lines.values().stream()
                .filter(line -> !line.items.isEmpty())
                .min(java.util.Comparator.comparingLong(line -> line.given));
    }
}
