package dev.troupe.agent.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.agent.openai.Reply.Token;
import dev.troupe.agent.policy.CompletionRefusedException;
import dev.troupe.policy.Completion;
import dev.troupe.policy.FinishReason;
import dev.troupe.policy.LogProbs;
import dev.troupe.policy.TokenIds;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReplyCheckTest {
    private static final TokenIds PROMPT = TokenIds.of(1, 2);
    private static final int EOS = 9;

    private final ReplyCheck check = new ReplyCheck(Set.of(EOS), 10, Optional.empty());

    @Test
    void takesWhatIsComplete() {
        Completion completion = check(reply("stop", List.of(3, EOS), -0.5, -0.25));
        assertThat(completion.tokens()).isEqualTo(TokenIds.of(3, EOS));
        assertThat(completion.logprobs()).isEqualTo(LogProbs.of(-0.5f, -0.25f));
        assertThat(completion.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(check(reply("length", List.of(3), -0.5)).finishReason()).isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void takesRoundingForCertainty() {
        assertThat(check(reply("length", List.of(3), 1e-7)).logprobs()).isEqualTo(LogProbs.of(0f));
    }

    @Test
    void refusesLogprobsThatAreNone() {
        refuses(reply("length", List.of(3), Double.NaN), "NO_LOGPROBS");
        refuses(reply("length", List.of(3), 0.5), "NO_LOGPROBS");
        // vLLM's minus infinity.
        refuses(reply("length", List.of(3), -9999), "NO_LOGPROBS");
        refuses(reply("length", List.of(3, 4), -1), "2 tokens have 1 log-probs");
    }

    @Test
    void refusesTokensThatCannotBe() {
        refuses(reply("length", List.of(10), -1), "NO_TOKEN_IDS");
        refuses(reply("length", List.of(-1), -1), "NO_TOKEN_IDS");
        refuses(reply("length", List.of()), "NO_TOKENS");
        refuses(reply("length", List.of(3, 3, 3, 3), -1, -1, -1, -1), "TOO_MANY_TOKENS");
    }

    @Test
    void refusesAnEndThatIsNone() {
        refuses(reply("stop", List.of(3), -1), "it stopped after token 3");
        refuses(reply("abort", List.of(3), -1), "it is 'abort'");
        refuses(reply("", List.of(3), -1), "FINISH_REASON");
    }

    @Test
    void countsThePromptWhereItsIdsAreNotTold() {
        Reply same = new Reply(
                "m", Optional.of(List.of(3)), tokens(-1), "length", Optional.empty(), OptionalInt.of(2), Map.of());
        assertThat(check(same).tokens().size()).isEqualTo(1);
        refuses(
                new Reply(
                        "m",
                        Optional.of(List.of(3)),
                        tokens(-1),
                        "length",
                        Optional.empty(),
                        OptionalInt.of(3),
                        Map.of()),
                "WRONG_PROMPT");
    }

    private Completion check(Reply reply) {
        return check.completion(reply, "m", PROMPT, 3);
    }

    private void refuses(Reply reply, String why) {
        assertThatThrownBy(() -> check(reply))
                .isInstanceOf(CompletionRefusedException.class)
                .hasMessageContaining(why);
    }

    private static Reply reply(String finishReason, List<Integer> ids, double... logprobs) {
        return new Reply(
                "m",
                Optional.of(ids),
                tokens(logprobs),
                finishReason,
                Optional.of(PROMPT.asList()),
                OptionalInt.empty(),
                Map.of());
    }

    private static List<Token> tokens(double... logprobs) {
        return Arrays.stream(logprobs)
                .mapToObj(value -> new Token("", Optional.empty(), value))
                .toList();
    }
}
