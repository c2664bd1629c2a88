package dev.troupe.agent.policy;

import dev.troupe.agent.decode.DeadlinePassedException;
import dev.troupe.agent.decode.DecodeRequest;
import dev.troupe.policy.ChatMessage;
import dev.troupe.policy.TokenIds;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A version of a policy with its tokenizer, ready to be sampled by any number of threads. */
public interface LoadedPolicy extends AutoCloseable {
    /** A conversation in the policy's chat template, up to where the assistant begins. */
    TokenIds encodeChat(List<ChatMessage> messages);

    /** How many tokens a text has. */
    int countTokens(String text);

    /** Text of ids, without control tokens. */
    String decode(TokenIds ids);

    /** Most tokens of prompt and completion together. */
    int maxPositions();

    /**
     * Completes a request.
     *
     * @param lease of this policy; it is this policy's from here on, until the result holds one
     * @return fails with {@link DeadlinePassedException}, with {@link CompletionRefusedException} when no try can
     *     succeed, with {@link java.util.concurrent.CancellationException} when the agent stops, or with what went
     *     wrong; cancel it when nobody waits for it any more
     */
    CompletableFuture<Sampled> complete(PolicyLease lease, DecodeRequest request);

    @Override
    void close();
}
