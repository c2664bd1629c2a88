package dev.troupe.agent.decode;

import dev.troupe.policy.Completion;
import dev.troupe.policy.GenerationRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A request from its submission to its end. Owned by one decoding thread, but for its result. */
final class Sequence {
    private final DecodeRequest request;
    private final CompletableFuture<Decoded> result = new CompletableFuture<>();
    private final List<Decoded.Span> spans = new ArrayList<>();
    private HeldWeights held;
    /** First token of the version held. */
    private int start;

    /** @param held is this sequence's own from here on */
    Sequence(HeldWeights held, DecodeRequest request) {
        this.held = held;
        this.request = request;
    }

    CompletableFuture<Decoded> result() {
        return result;
    }

    GenerationRequest generation() {
        return request.generation();
    }

    String line() {
        return request.line();
    }

    long tokens() {
        return request.tokens();
    }

    HeldWeights held() {
        return held;
    }

    boolean isOutdated() {
        return held.outdated();
    }

    Optional<HeldWeights> successor() {
        return held.successor();
    }

    /** Before anything is drawn: the newest version is as good as the one it was submitted with. */
    void renew() {
        if (held.outdated()) {
            held.successor().ifPresent(this::replaceUnlessReshaped);
        }
    }

    private void replaceUnlessReshaped(HeldWeights next) {
        boolean same = next.weights().config().equals(held.weights().config());
        (same ? held : next).close();
        held = same ? next : held;
    }

    /** @param next holds what draws the tokens from {@code drawn} on */
    void carriedOver(HeldWeights next, int drawn) {
        endSpan(drawn);
        held.close();
        held = next;
    }

    private void endSpan(int end) {
        if (end > start) {
            spans.add(new Decoded.Span(held.version(), start, end));
            start = end;
        }
    }

    /** Whether nobody waits for it any more; then it has ended. */
    boolean isUnwanted(Instant now) {
        if (result.isDone()) {
            held.close();
            return true;
        }
        if (now.isAfter(request.deadline())) {
            fail(new DeadlinePassedException());
            return true;
        }
        return false;
    }

    void complete(Completion completion) {
        endSpan(completion.tokens().size());
        if (!result.complete(new Decoded(held, completion, spans))) {
            held.close();
        }
    }

    void fail(Throwable cause) {
        held.close();
        result.completeExceptionally(cause);
    }
}
