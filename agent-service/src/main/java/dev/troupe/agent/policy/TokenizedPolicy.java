package dev.troupe.agent.policy;

import dev.troupe.policy.ChatMessage;
import dev.troupe.policy.ChatTokenizer;
import dev.troupe.policy.TokenIds;
import java.util.List;

/** A version that comes with a tokenizer. */
public interface TokenizedPolicy extends LoadedPolicy {
    ChatTokenizer tokenizer();

    @Override
    default TokenIds encodeChat(List<ChatMessage> messages) {
        return tokenizer().encodeChat(messages);
    }

    @Override
    default int countTokens(String text) {
        return tokenizer().encode(text).size();
    }

    @Override
    default String decode(TokenIds ids) {
        return tokenizer().decode(ids);
    }
}
