package dev.troupe.agent.policy;

import static java.util.Objects.requireNonNull;

import dev.troupe.agent.decode.Decoded;
import dev.troupe.policy.Completion;
import java.util.List;

/**
 * A completion.
 *
 * @param lease of the version that drew the last token; whoever takes the completion closes it
 * @param spans which version drew which tokens, without a gap; empty when there are no tokens
 */
public record Sampled(PolicyLease lease, Completion completion, List<Decoded.Span> spans) {
    public Sampled {
        requireNonNull(lease, "lease is null");
        requireNonNull(completion, "completion is null");
        spans = List.copyOf(spans);
    }

    /** One that a single version drew. */
    public static Sampled by(PolicyLease lease, Completion completion) {
        int tokens = completion.tokens().size();
        return new Sampled(
                lease, completion, tokens == 0 ? List.of() : List.of(new Decoded.Span(lease.version(), 0, tokens)));
    }
}
