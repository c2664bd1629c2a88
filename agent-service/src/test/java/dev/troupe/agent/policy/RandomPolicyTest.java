package dev.troupe.agent.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.troupe.agent.TestVersions;
import dev.troupe.agent.decode.DecodeRequest;
import dev.troupe.agent.decode.Decoded;
import dev.troupe.agent.message.ParsedCompletion;
import dev.troupe.policy.ChatMessage;
import dev.troupe.policy.Completion;
import dev.troupe.policy.GenerationRequest;
import dev.troupe.policy.SamplingParams;
import dev.troupe.policy.TokenIds;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RandomPolicyTest {
    private static final List<String> OTHERS = List.of("second");

    @Test
    void equalSeedsGiveEqualDrawsAndOthersDiffer() {
        var policy = policy(Duration.ZERO, 0.5);
        Completion first = policy.complete(request(7, 64));
        assertThat(first).isEqualTo(policy.complete(request(7, 64))).isNotEqualTo(policy.complete(request(8, 64)));
    }

    @Test
    void everyTokenHasTheLogProbabilityOfAFairDraw() {
        Completion completion = policy(Duration.ZERO, 0).complete(request(1, 64));
        assertThat(completion.tokens().size()).isEqualTo(20);
        assertThat(completion.logprobs().asList())
                .allSatisfy(logprob -> assertThat(logprob).isCloseTo((float) -Math.log(40), within(1e-6f)));
        assertThat(completion.tokens().asList()).allMatch(id -> id >= 0 && id < 40);
    }

    @Test
    void theTurnBoundsTheLength() {
        Completion completion = policy(Duration.ZERO, 1).complete(request(1, 3));
        assertThat(completion.tokens().size()).isEqualTo(3);
    }

    @Test
    void sendsAMessageAsOftenAsItIsTold() {
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
    void saysWhichVersionDrewIt() throws Exception {
        // Given
        var registry = new PolicyRegistry(0);
        var policy = policy(Duration.ofMillis(1), 0);
        registry.activate(TestVersions.version(3), policy);
        var request = new DecodeRequest(request(1, 8), "line", Instant.MAX);

        // When
        Sampled sampled =
                policy.complete(registry.lease("p").orElseThrow(), request).get(10, TimeUnit.SECONDS);

        // Then
        assertThat(sampled.spans()).containsExactly(new Decoded.Span(3, 0, 8));
        sampled.lease().close();
    }

    private static long messages(RandomPolicy policy) {
        return LongStream.range(0, 200)
                .mapToObj(seed -> policy.complete(request(seed, 64)))
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
