package dev.troupe.agent.policy;

import dev.troupe.policy.ChatMessage;
import dev.troupe.policy.ChatTokenizer;
import dev.troupe.policy.Completion;
import dev.troupe.policy.GenerationRequest;
import dev.troupe.policy.PolicyOptions;
import dev.troupe.policy.ServingPolicy;
import dev.troupe.policy.TokenIds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A policy of a Hugging Face directory, sampled in this process. */
final class CheckpointPolicy implements LoadedPolicy {
    private final ServingPolicy policy;
    private final ChatTokenizer tokenizer;

    private CheckpointPolicy(ServingPolicy policy, ChatTokenizer tokenizer) {
        this.policy = policy;
        this.tokenizer = tokenizer;
    }

    /** @throws IOException when the directory is not a checkpoint that can be served, naming the file and the fault */
    static CheckpointPolicy load(Path directory, PolicyOptions compute) throws IOException {
        ChatTokenizer tokenizer = ChatTokenizer.load(directory);
        try {
            ServingPolicy policy = ServingPolicy.load(directory, compute);
            if (tokenizer.size() > policy.config().vocabSize()) {
                policy.close();
                throw new IOException(directory + ": the tokenizer has " + tokenizer.size()
                        + " tokens, the model knows only " + policy.config().vocabSize());
            }
            return new CheckpointPolicy(policy, tokenizer);
        } catch (IOException | RuntimeException e) {
            tokenizer.close();
            throw e;
        }
    }

    @Override
    public TokenIds encodeChat(List<ChatMessage> messages) {
        return tokenizer.encodeChat(messages);
    }

    @Override
    public int countTokens(String text) {
        return tokenizer.encode(text).size();
    }

    @Override
    public String decode(TokenIds ids) {
        return tokenizer.decode(ids);
    }

    @Override
    public int maxPositions() {
        return policy.config().maxPositionEmbeddings();
    }

    @Override
    public List<Completion> generate(List<GenerationRequest> requests) {
        return policy.generate(requests);
    }

    @Override
    public void close() {
        policy.close();
        tokenizer.close();
    }
}
