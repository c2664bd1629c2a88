package dev.troupe.reward.coding.benchmark;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;

/** The benchmark files of the tests. */
final class Benchmarks {

    static final Path HUMAN_EVAL = resource("HumanEval.jsonl.gz");

    /** A few problems of our own in MBPP's two forms. */
    static final Path MBPP = resource("mbpp.jsonl");

    private Benchmarks() {}

    private static Path resource(String name) {
        try {
            return Path.of(Objects.requireNonNull(Benchmarks.class.getResource(name), name)
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("a resource of the tests is a file", e);
        }
    }
}
