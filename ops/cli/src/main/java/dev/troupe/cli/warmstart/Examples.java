package dev.troupe.cli.warmstart;

import dev.troupe.policy.ChatMessage;
import dev.troupe.policy.ChatTokenizer;
import dev.troupe.policy.TokenIds;
import dev.troupe.policy.TrainingSequence;
import dev.troupe.reward.world.Demonstration;
import java.util.List;

/** Demonstrations as the policy takes them. */
final class Examples {

    private Examples() {}

    static TrainingSequence example(Demonstration demonstration, ChatTokenizer tokenizer) {
        TokenIds prompt = tokenizer.encodeChat(chat(demonstration.prompt()));
        TokenIds completion = tokenizer.encode(demonstration.completion()).concat(TokenIds.of(tokenizer.eosId()));
        return TrainingSequence.of(prompt, completion, 1);
    }

    static List<ChatMessage> chat(List<dev.troupe.schemas.avro.ChatMessage> messages) {
        return messages.stream()
                .map(message -> new ChatMessage(message.getRole(), message.getContent()))
                .toList();
    }
}
