package dev.troupe.agent.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.troupe.agent.message.ParsedCompletion;
import dev.troupe.policy.ChatMessage;
import dev.troupe.policy.Completion;
import dev.troupe.policy.GenerationRequest;
import dev.troupe.policy.SamplingParams;
import dev.troupe.policy.TokenIds;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RandomPolicyTest {
    private static final List<String> OTHERS = List.of("second");

    @Test
    void equalSeedsGiveEqualDrawsAndOthersDiffer() throws Exception {
        var policy = policy(Duration.ZERO, 0.5);
        List<Completion> completions = policy.generate(List.of(request(7, 64), request(8, 64), request(7, 64)));
        assertThat(completions.get(0)).isEqualTo(completions.get(2)).isNotEqualTo(completions.get(1));
    }

    @Test
    void everyTokenHasTheLogProbabilityOfAFairDraw() throws Exception {
        Completion completion =
                policy(Duration.ZERO, 0).generate(List.of(request(1, 64))).getFirst();
        assertThat(completion.tokens().size()).isEqualTo(20);
        assertThat(completion.logprobs().asList())
                .allSatisfy(logprob -> assertThat(logprob).isCloseTo((float) -Math.log(40), within(1e-6f)));
        assertThat(completion.tokens().asList()).allMatch(id -> id >= 0 && id < 40);
    }

    @Test
    void theTurnBoundsTheLength() throws Exception {
        Completion completion =
                policy(Duration.ZERO, 1).generate(List.of(request(1, 3))).getFirst();
        assertThat(completion.tokens().size()).isEqualTo(3);
    }

    @Test
    void sendsAMessageAsOftenAsItIsTold() throws Exception {
        assertThat(messages(policy(Duration.ZERO, 1))).isEqualTo(200);
        assertThat(messages(policy(Duration.ZERO, 0.25))).isBetween(20L, 80L);
        assertThat(messages(policy(Duration.ZERO, 0))).isZero();
    }

    @Test
    void encodesAnyConversation() {
        var policy = policy(Duration.ZERO, 0);
        assertThat(policy.encodeChat(List.of(ChatMessage.user(""))).isEmpty()).isFalse();
        assertThat(policy.encodeChat(List.of(ChatMessage.user("\uD83D\uDE00 \u00e9")))
                        .asList())
                .allMatch(id -> id < 40);
    }

    @Test
    void stopsThinkingWhenItIsInterrupted() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> policy(Duration.ofDays(1), 0).generate(List.of(request(1, 8))))
                .isInstanceOf(InterruptedException.class);
    }

    private static long messages(RandomPolicy policy) throws InterruptedException {
        var requests =
                LongStream.range(0, 200).mapToObj(seed -> request(seed, 64)).toList();
        return policy.generate(requests).stream()
                .map(completion -> ParsedCompletion.parse(policy.decode(completion.tokens()), OTHERS))
                .filter(parsed -> parsed.messages().size() == 1
                        && parsed.messages().getFirst().content().length() == 3
                        && parsed.text().length() == 15)
                .count();
    }

    private static RandomPolicy policy(Duration delay, double messages) {
        return new RandomPolicy(new RandomPolicyOptions(40, 20, delay, messages));
    }

    private static GenerationRequest request(long seed, int length) {
        return new GenerationRequest(TokenIds.of(1), new SamplingParams(1, 1, 0, length), seed);
    }
}
