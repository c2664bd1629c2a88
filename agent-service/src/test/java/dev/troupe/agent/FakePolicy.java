package dev.troupe.agent;

import dev.troupe.agent.decode.DecodeRequest;
import dev.troupe.agent.decode.Decoded;
import dev.troupe.agent.policy.LoadedPolicy;
import dev.troupe.agent.policy.PolicyLease;
import dev.troupe.agent.policy.Sampled;
import dev.troupe.policy.ChatMessage;
import dev.troupe.policy.Completion;
import dev.troupe.policy.FinishReason;
import dev.troupe.policy.LogProbs;
import dev.troupe.policy.TokenIds;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** Encodes each character as its code and always completes with the same text. */
public final class FakePolicy implements LoadedPolicy {
    private final String answer;
    private final AtomicInteger closed = new AtomicInteger();

    public FakePolicy(String answer) {
        this.answer = answer;
    }

    public int timesClosed() {
        return closed.get();
    }

    @Override
    public TokenIds encodeChat(List<ChatMessage> messages) {
        var text = new StringBuilder();
        messages.forEach(message -> text.append(message.content()));
        return TokenIds.of(text.chars().toArray());
    }

    @Override
    public int countTokens(String text) {
        return text.length();
    }

    @Override
    public String decode(TokenIds ids) {
        var text = new StringBuilder();
        ids.asList().forEach(id -> text.append((char) id.intValue()));
        return text.toString();
    }

    @Override
    public int maxPositions() {
        return 32;
    }

    @Override
    public CompletableFuture<Sampled> complete(PolicyLease lease, DecodeRequest request) {
        var completion = new Completion(
                TokenIds.of(answer.chars().toArray()), LogProbs.of(new float[answer.length()]), FinishReason.STOP);
        var span = new Decoded.Span(lease.version(), 0, answer.length());
        return CompletableFuture.completedFuture(new Sampled(lease, completion, List.of(span)));
    }

    @Override
    public void close() {
        closed.incrementAndGet();
    }
}
