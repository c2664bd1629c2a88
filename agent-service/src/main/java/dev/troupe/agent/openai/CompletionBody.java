package dev.troupe.agent.openai;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.troupe.agent.decode.DecodeRequest;
import dev.troupe.agent.openai.OpenAiOptions.Api;
import dev.troupe.agent.openai.OpenAiOptions.Dialect;
import dev.troupe.policy.SamplingParams;
import java.util.Set;

/**
 * Writes requests in the words of OpenAI's API, and of vLLM's extensions where the servers know them.
 *
 * @see <a href="https://platform.openai.com/docs/api-reference/completions">OpenAI: completions</a>
 * @see <a href="https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html">vLLM: extra parameters</a>
 */
final class CompletionBody {
    private final Api api;
    private final Dialect dialect;
    private final boolean stream;

    CompletionBody(OpenAiOptions options) {
        this.api = options.api();
        this.dialect = options.dialect();
        this.stream = options.stream();
    }

    boolean streams() {
        return stream;
    }

    String path() {
        return switch (api) {
            case COMPLETIONS -> "/completions";
            case CHAT -> "/chat/completions";
        };
    }

    /**
     * A request for one completion.
     *
     * @param model always named: without it the base answers
     * @param stopIds each ends the completion when it is sampled
     * @param alternatives log-probs wanted beside the sampled token's
     */
    ObjectNode write(String model, DecodeRequest request, Set<Integer> stopIds, int maxTokens, int alternatives) {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("model", model);
        SamplingParams sampling = request.generation().sampling();
        body.put("max_tokens", maxTokens)
                .put("temperature", sampling.temperature())
                .put("top_p", sampling.topP())
                // Not negative: vLLM takes -1 for no seed.
                .put("seed", request.generation().seed() & Long.MAX_VALUE);
        switch (api) {
            case COMPLETIONS -> {
                request.generation().prompt().asList().forEach(body.putArray("prompt")::add);
                body.put("logprobs", alternatives);
            }
            case CHAT -> {
                var messages = body.putArray("messages");
                request.chat()
                        .forEach(message ->
                                messages.addObject().put("role", message.role()).put("content", message.content()));
                body.put("logprobs", true).put("top_logprobs", alternatives);
            }
        }
        if (dialect == Dialect.VLLM) {
            body.put("top_k", sampling.topK()).put("return_token_ids", true);
            stopIds.stream().sorted().forEach(body.putArray("stop_token_ids")::add);
            if (alternatives > 1) {
                // Several tokens may look the same in words.
                body.put("return_tokens_as_token_ids", true);
            }
        }
        if (stream) {
            body.put("stream", true).putObject("stream_options").put("include_usage", true);
        }
        return body;
    }
}
