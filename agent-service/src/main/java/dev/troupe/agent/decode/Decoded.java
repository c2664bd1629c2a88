package dev.troupe.agent.decode;

import static java.util.Objects.requireNonNull;

import dev.troupe.policy.Completion;
import java.util.List;

/**
 * A completion.
 *
 * @param held the version that drew the last token; whoever takes the completion closes it
 * @param spans which version drew which tokens, without a gap; empty when there are no tokens
 */
public record Decoded(HeldWeights held, Completion completion, List<Span> spans) {
    public Decoded {
        requireNonNull(held, "held is null");
        requireNonNull(completion, "completion is null");
        spans = List.copyOf(spans);
    }

    /** Tokens from {@code start} (inclusive) to {@code end} (exclusive). */
    public record Span(int version, int start, int end) {}
}
