package dev.troupe.agent.policy;

import static java.util.Objects.requireNonNull;

import dev.troupe.agent.decode.DecodeRequest;
import dev.troupe.policy.ChatMessage;
import dev.troupe.policy.Completion;
import dev.troupe.policy.FinishReason;
import dev.troupe.policy.GenerationRequest;
import dev.troupe.policy.LogProbs;
import dev.troupe.policy.TokenIds;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A policy without weights, for rehearsals of the stream: draws letters, each id as likely as the other, so that every
 * version serves the moment it is announced and costs next to nothing. Equal seeds give equal draws, as with a real
 * policy.
 */
public final class RandomPolicy implements LoadedPolicy {
    private static final int TO_ALL = 0;
    private static final int END_OF_MESSAGE = 1;
    private static final int FIRST_LETTER = 2;

    /** Letters of a message. */
    private static final int MESSAGE = 3;

    private final RandomPolicyOptions options;

    public RandomPolicy(RandomPolicyOptions options) {
        this.options = requireNonNull(options, "options is null");
    }

    /** One token for each character. */
    @Override
    public TokenIds encodeChat(List<ChatMessage> messages) {
        String text = messages.stream().map(ChatMessage::content).collect(Collectors.joining("\n", "", "\n"));
        return TokenIds.of(text.chars().map(this::letter).toArray());
    }

    @Override
    public int countTokens(String text) {
        return text.length();
    }

    @Override
    public String decode(TokenIds ids) {
        var text = new StringBuilder(ids.size());
        for (int i = 0; i < ids.size(); i++) {
            switch (ids.get(i)) {
                case TO_ALL -> text.append("@all ");
                case END_OF_MESSAGE -> text.append('\n');
                default -> text.append((char) ('a' + (ids.get(i) - FIRST_LETTER) % 26));
            }
        }
        return text.toString();
    }

    @Override
    public int maxPositions() {
        return Integer.MAX_VALUE;
    }

    @Override
    public CompletableFuture<Sampled> complete(PolicyLease lease, DecodeRequest request) {
        Completion completion = complete(request.generation());
        var sampled = new CompletableFuture<Sampled>();
        CompletableFuture.delayedExecutor(options.delay().toNanos(), TimeUnit.NANOSECONDS, Runnable::run)
                .execute(() -> {
                    if (!sampled.complete(Sampled.by(lease, completion))) {
                        lease.close();
                    }
                });
        return sampled;
    }

    /** The completion, without a delay. */
    Completion complete(GenerationRequest request) {
        int length = Math.min(options.tokens(), request.sampling().maxCompletionLength());
        var random = new SplittableRandom(request.seed());
        int[] ids = random.ints(length, FIRST_LETTER, options.vocabulary()).toArray();
        if (length > MESSAGE + 2 && random.nextDouble() < options.messages()) {
            ids[0] = TO_ALL;
            ids[MESSAGE + 1] = END_OF_MESSAGE;
        }
        float[] logprobs = new float[length];
        Arrays.fill(logprobs, (float) -Math.log(options.vocabulary()));
        return new Completion(TokenIds.of(ids), LogProbs.of(logprobs), FinishReason.LENGTH);
    }

    private int letter(int character) {
        return FIRST_LETTER + character % (options.vocabulary() - FIRST_LETTER);
    }

    /** Holds nothing. */
    @Override
    public void close() {}
}
