package dev.troupe.reward.coding.world;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** The third clause of a list program: what is returned. */
enum Gather {
    SUM("Return the sum.", "sum(xs)"),
    LARGEST("Return the largest, or 0.", "max(xs, default=0)"),
    SMALLEST("Return the smallest, or 0.", "min(xs, default=0)"),
    LIST("Return the list.", "xs"),
    ASCENDING("Return them sorted.", "sorted(xs)"),
    DESCENDING("Return them sorted downwards.", "sorted(xs, reverse=True)");

    private final Clause clause;

    Gather(String words, String code) {
        this.clause = new Clause(words, code, 0, 0);
    }

    Clause clause() {
        return clause;
    }

    /** The answer as a Python literal. */
    String apply(List<Long> xs) {
        return switch (this) {
            case SUM -> Long.toString(xs.stream().mapToLong(Long::longValue).sum());
            case LARGEST ->
                Long.toString(xs.stream().mapToLong(Long::longValue).max().orElse(0));
            case SMALLEST ->
                Long.toString(xs.stream().mapToLong(Long::longValue).min().orElse(0));
            case LIST -> literal(xs);
            case ASCENDING -> literal(xs.stream().sorted().toList());
            case DESCENDING ->
                literal(xs.stream().sorted(Comparator.reverseOrder()).toList());
        };
    }

    static String literal(List<Long> xs) {
        return xs.stream().map(x -> Long.toString(x)).collect(Collectors.joining(", ", "[", "]"));
    }
}
