package dev.troupe.agent.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.troupe.agent.decode.DecodeRequest;
import dev.troupe.agent.decode.Decoded;
import dev.troupe.agent.openai.FakeVllm.Behaviour;
import dev.troupe.agent.openai.OpenAiOptions.Api;
import dev.troupe.agent.openai.OpenAiOptions.Dialect;
import dev.troupe.agent.policy.CompletionRefusedException;
import dev.troupe.agent.policy.PolicyLoadException;
import dev.troupe.agent.policy.Sampled;
import dev.troupe.policy.Completion;
import dev.troupe.policy.FinishReason;
import dev.troupe.policy.GenerationRequest;
import dev.troupe.policy.SamplingParams;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What servers answer, against a fake of vLLM on this machine. */
class OpenAiPolicyIT {
    @TempDir
    private Path home;

    private Fleet fleet;

    @BeforeEach
    void start() throws Exception {
        fleet = new Fleet(home, 1);
    }

    @AfterEach
    void stop() {
        fleet.close();
    }

    @ParameterizedTest
    @CsvSource({"COMPLETIONS,true", "COMPLETIONS,false", "CHAT,true", "CHAT,false"})
    void givesTheIdsAndLogprobsThatWereSampled(Api api, boolean stream) throws Exception {
        fleet.activate(fleet.loader(fleet.options(api, Dialect.VLLM, stream)), fleet.base(0));
        for (double temperature : new double[] {0, 0.7, 1}) {
            for (long seed = -2; seed < 12; seed++) {
                DecodeRequest request =
                        fleet.request(temperature, 30, seed, Instant.now().plusSeconds(20));
                Sampled sampled = get(request);
                Completion completion = sampled.completion();
                sampled.lease().close();

                assertThat(completion.logprobs().toArray())
                        .as("seed %d", seed)
                        .hasSize(completion.tokens().size());
                assertTruth(request, completion, temperature);
                boolean ended = completion.tokens().get(completion.tokens().size() - 1) == fleet.tokenizer.eosId();
                assertThat(completion.finishReason()).isEqualTo(ended ? FinishReason.STOP : FinishReason.LENGTH);
                assertThat(sampled.spans())
                        .containsExactly(
                                new Decoded.Span(0, 0, completion.tokens().size()));
            }
        }
    }

    /** Log-probs are those of the fake's weights at each token. */
    private void assertTruth(DecodeRequest request, Completion completion, double temperature) {
        FakeModel model = fleet.fake(0).model(FakeVllm.BASE);
        var context = new ArrayList<>(request.generation().prompt().asList());
        for (int i = 0; i < completion.tokens().size(); i++) {
            int id = completion.tokens().get(i);
            assertThat((double) completion.logprobs().get(i))
                    .isCloseTo(model.logprobs(context, temperature)[id], offset(1e-5));
            context.add(id);
        }
    }

    @Test
    void sendsIdsNamesTheModelAndKeepsToTheSeed() throws Exception {
        fleet.activate(fleet.loader(fleet.options()), fleet.base(0));
        Sampled first = get(fleet.request(5));
        Sampled again = get(fleet.request(5));
        assertThat(again.completion()).isEqualTo(first.completion());
        first.lease().close();
        again.lease().close();

        FakeVllm.Call call = fleet.fake(0).calls(FakeVllm.COMPLETIONS).getLast();
        JsonNode body = call.body();
        assertThat(call.authorization()).isEqualTo("Bearer secret");
        assertThat(body.path("model").asText()).isEqualTo(FakeVllm.BASE);
        assertThat(body.path("prompt"))
                .hasSize(fleet.tokenizer.encodeChat(Fleet.CHAT).size());
        assertThat(body.path("seed").asLong()).isEqualTo(5);
        assertThat(body.path("logprobs").asInt()).isEqualTo(1);
        assertThat(body.path("return_token_ids").asBoolean()).isTrue();
        assertThat(body.path("stop_token_ids").path(0).asInt()).isEqualTo(fleet.tokenizer.eosId());
        assertThat(body.path("top_k").isInt()).isTrue();
    }

    @Test
    void asksForNoMoreThanTheModelHasPositionsFor() throws Exception {
        fleet.activate(fleet.loader(fleet.options()), fleet.base(0));
        get(fleet.request(1, 1000, 5, Instant.now().plusSeconds(20))).lease().close();
        int asked = fleet.fake(0)
                .calls(FakeVllm.COMPLETIONS)
                .getLast()
                .body()
                .path("max_tokens")
                .asInt();
        // The fake says max_model_len 128.
        assertThat(asked).isEqualTo(128 - fleet.tokenizer.encodeChat(Fleet.CHAT).size());
    }

    @Test
    void refusesTemperaturesWhoseLogprobsTheServersDoNotGive() throws Exception {
        fleet.fake(0).processedLogprobs = false;
        fleet.activate(fleet.loader(fleet.options()), fleet.base(0));
        get(fleet.request(1, 4, 1, Instant.now().plusSeconds(20))).lease().close();
        assertRefused(fleet.request(0.7, 4, 1, Instant.now().plusSeconds(20)), "LOGPROBS_MODE", "processed_logprobs");
    }

    @Test
    void refusesTopPWhenLogprobsLeaveTokensOut() throws Exception {
        fleet.activate(fleet.loader(fleet.options()), fleet.base(0));
        var generation =
                new GenerationRequest(fleet.tokenizer.encodeChat(Fleet.CHAT), new SamplingParams(1, 0.9, 0, 4), 1);
        assertRefused(
                new DecodeRequest(generation, "newest/a", Instant.now().plusSeconds(20)), "LOGPROBS_MODE", "top_p");
    }

    @Test
    void refusesAnswersThatAreNotWhatWasAskedFor() throws Exception {
        fleet.activate(fleet.loader(fleet.options()), fleet.base(0));
        tamper(piece -> piece.put("model", "another"));
        assertRefused(fleet.request(1), "WRONG_MODEL", "another");
        tamper(piece -> with(piece, "finish_reason", "content_filter"));
        assertRefused(fleet.request(1), "FINISH_REASON", "content_filter");
        tamper(piece -> {
            choice(piece).remove("logprobs");
            return piece;
        });
        assertRefused(fleet.request(1), "NO_LOGPROBS");
        tamper(piece -> {
            choice(piece).remove("token_ids");
            return piece;
        });
        assertRefused(fleet.request(1), "NO_TOKEN_IDS");
        tamper(piece -> {
            if (choice(piece).has("prompt_token_ids")) {
                choice(piece).putArray("prompt_token_ids").add(1).add(2);
            }
            return piece;
        });
        assertRefused(fleet.request(1), "WRONG_PROMPT");
    }

    @Test
    void findsIdsByBytesOrRefuses() throws Exception {
        fleet.fake(0).tokenIds = false;
        OpenAiOptions options = fleet.options(Api.CHAT, Dialect.OPENAI, false);
        var refused = new ArrayList<String>();
        int found = 0;
        fleet.activate(retryingProbe(options), fleet.base(0));
        for (long seed = 0; seed < 40; seed++) {
            DecodeRequest request = fleet.request(1, 2, seed, Instant.now().plusSeconds(20));
            try {
                Sampled sampled = get(request);
                sampled.lease().close();
                assertTruth(request, sampled.completion(), 1);
                found++;
            } catch (CompletionRefusedException e) {
                refused.add(String.valueOf(e.getMessage()));
            }
        }
        // Half of the fake's tokens are single bytes that are no text: nobody can tell which.
        assertThat(found).isPositive();
        assertThat(refused).isNotEmpty().allSatisfy(why -> assertThat(why).startsWith("NO_TOKEN_IDS"));
    }

    /** The probe's own tokens are text. */
    private OpenAiPolicyLoader retryingProbe(OpenAiOptions options) {
        fleet.fake(0).next(FakeVllm.CHAT, textOnly(), textOnly());
        return fleet.loader(options);
    }

    private Behaviour textOnly() {
        return new Behaviour.Tamper(piece -> {
            choice(piece).path("logprobs").path("content").forEach(token -> {
                var each = (ObjectNode) token;
                each.put("token", "a").putArray("bytes").add('a');
            });
            return with(piece, "finish_reason", "length");
        });
    }

    @Test
    void doesNotServeWhatGivesNoLogprobs() throws Exception {
        fleet.fake(0).always(FakeVllm.COMPLETIONS, new Behaviour.Tamper(piece -> {
            choice(piece).putNull("logprobs");
            return piece;
        }));
        OpenAiPolicyLoader loader = fleet.loader(fleet.options());
        assertThatThrownBy(() -> loader.load(fleet.base(0)))
                .isInstanceOf(PolicyLoadException.class)
                .hasMessageContaining("PROBE")
                .hasMessageContaining("NO_LOGPROBS");
    }

    @Test
    void doesNotServeAFullCheckpointThatIsNotTheBase() throws Exception {
        OpenAiPolicyLoader loader = fleet.loader(fleet.options());
        assertThatThrownBy(() -> loader.load(fleet.base(4)))
                .isInstanceOf(PolicyLoadException.class)
                .hasMessageContaining("version 4 is a full checkpoint")
                .hasMessageContaining("agent.openai.base.version = 4");
    }

    private void tamper(UnaryOperator<ObjectNode> change) {
        fleet.fake(0).next(FakeVllm.COMPLETIONS, new Behaviour.Tamper(change));
    }

    private static ObjectNode choice(JsonNode piece) {
        return (ObjectNode) piece.path("choices").path(0);
    }

    private static ObjectNode with(ObjectNode piece, String field, String value) {
        if (choice(piece).hasNonNull(field)) {
            choice(piece).put(field, value);
        }
        return piece;
    }

    private void assertRefused(DecodeRequest request, String... words) {
        assertThatThrownBy(() -> get(request))
                .isInstanceOf(CompletionRefusedException.class)
                .hasMessageStartingWith(words[0])
                .message()
                .contains(List.of(words));
        assertThat(fleet.registry.leaving(Fleet.POLICY)).isZero();
    }

    private Sampled get(DecodeRequest request) throws Exception {
        try {
            return fleet.complete(request).get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException known ? known : e;
        }
    }
}
