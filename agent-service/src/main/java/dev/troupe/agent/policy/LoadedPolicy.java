package dev.troupe.agent.policy;

import dev.troupe.policy.ChatMessage;
import dev.troupe.policy.Completion;
import dev.troupe.policy.GenerationRequest;
import dev.troupe.policy.TokenIds;
import java.util.List;

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
     * Completes all requests, in their order.
     *
     * @throws InterruptedException when the caller is stopping and nothing was completed
     */
    List<Completion> generate(List<GenerationRequest> requests) throws InterruptedException;

    @Override
    void close();
}
