package dev.troupe.agent.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.troupe.agent.decode.DecodeRequest;
import dev.troupe.policy.ChatMessage;
import dev.troupe.policy.GenerationRequest;
import dev.troupe.policy.SamplingParams;
import dev.troupe.policy.TokenIds;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;

/** Asks a replica for a few tokens before it may serve a version: what comes back must be usable. */
final class ReplicaProbe {
    private static final int TOKENS = 4;
    /** OpenAI's completions allow no more. */
    private static final int ALTERNATIVES = 5;

    private final Connections connections;
    private final Sampler sampler;
    private final LoraAdapters adapters;
    private final OpenAiOptions options;

    ReplicaProbe(OpenAiOptions options, Connections connections, Sampler sampler, LoraAdapters adapters) {
        this.options = options;
        this.connections = connections;
        this.sampler = sampler;
        this.adapters = adapters;
    }

    /**
     * What was found.
     *
     * @param maxModelLen most tokens of prompt and completion, where the server says so
     */
    record Finding(OptionalInt maxModelLen, LogprobsMode logprobs) {}

    /**
     * Samples one prompt at two temperatures.
     *
     * @throws dev.troupe.agent.policy.CompletionRefusedException when the answers cannot be used
     */
    Finding probe(Replica replica, ServedModel model, TokenIds prompt, List<ChatMessage> chat, ReplyCheck check)
            throws ServerException, InterruptedException {
        Reply atOne = ask(replica, model, prompt, chat, check, 1);
        var _ = check.completion(atOne, model.name(), prompt, TOKENS);
        Reply atTwo = ask(replica, model, prompt, chat, check, LogprobsMode.PROBE_TEMPERATURE);
        var _ = check.completion(atTwo, model.name(), prompt, TOKENS);
        return new Finding(maxModelLen(replica), LogprobsMode.of(atOne.alternatives(), atTwo.alternatives()));
    }

    private Reply ask(
            Replica replica,
            ServedModel model,
            TokenIds prompt,
            List<ChatMessage> chat,
            ReplyCheck check,
            double temperature)
            throws ServerException, InterruptedException {
        var generation = new GenerationRequest(prompt, new SamplingParams(temperature, 1, 0, TOKENS), 0);
        var request = new DecodeRequest(generation, chat, "probe", Instant.MAX);
        var body = sampler.body().write(model.name(), request, check.eosIds(), TOKENS, ALTERNATIVES);
        Duration atMost = options.patience().request();
        return connections
                .backoff()
                .retrying(
                        options.patience().retries(),
                        new SplittableRandom(0),
                        connections.metrics(),
                        () -> sampler.ask(replica, body, atMost));
    }

    private OptionalInt maxModelLen(Replica replica) throws ServerException, InterruptedException {
        for (JsonNode each : adapters.models(replica)) {
            if (each.path("id").asText().equals(options.model())
                    && each.path("max_model_len").isInt()) {
                return OptionalInt.of(each.path("max_model_len").asInt());
            }
        }
        return OptionalInt.empty();
    }
}
