package dev.troupe.agent.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import dev.troupe.agent.openai.FakeModel.Alternative;
import dev.troupe.agent.openai.FakeModel.Token;
import dev.troupe.agent.openai.FakeVllm.Behaviour;
import dev.troupe.policy.ChatMessage;
import dev.troupe.policy.ChatTokenizer;
import dev.troupe.policy.TokenIds;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A completion in the words of vLLM, whole or in pieces. */
final class FakeAnswer {
    private static final int TICK_MILLIS = 5;

    private final ObjectMapper json;
    private final JsonNode body;
    private final String model;
    private final ChatTokenizer tokenizer;
    private final boolean tokenIds;
    private final boolean chat;
    private final List<Integer> prompt;
    private final List<Token> tokens;
    private final String finishReason;

    FakeAnswer(ObjectMapper json, JsonNode body, FakeModel model, ChatTokenizer tokenizer, boolean tokenIds) {
        this.json = json;
        this.body = body;
        this.model = body.path("model").asText();
        this.tokenizer = tokenizer;
        this.tokenIds = tokenIds && body.path("return_token_ids").asBoolean();
        this.chat = body.has("messages");
        this.prompt = prompt();
        var stops = new HashSet<Integer>(List.of(tokenizer.eosId()));
        body.path("stop_token_ids").forEach(id -> stops.add(id.asInt()));
        int most = body.path("max_tokens").asInt();
        this.tokens = model.sample(
                prompt,
                most,
                body.path("temperature").asDouble(),
                body.path("seed").asLong(),
                stops);
        this.finishReason = stops.contains(tokens.getLast().id()) ? "stop" : "length";
    }

    private List<Integer> prompt() {
        if (chat) {
            var messages = new ArrayList<ChatMessage>();
            body.path("messages")
                    .forEach(message -> messages.add(new ChatMessage(
                            message.path("role").asText(),
                            message.path("content").asText())));
            return tokenizer.encodeChat(messages).asList();
        }
        var ids = new ArrayList<Integer>();
        body.path("prompt").forEach(id -> ids.add(id.asInt()));
        return ids;
    }

    void send(HttpExchange exchange, Behaviour behaviour, FakeVllm server) throws IOException {
        if (body.path("stream").asBoolean()) {
            stream(exchange, behaviour, server);
        } else {
            ObjectNode whole = tampered(piece(tokens, true, true), behaviour);
            byte[] bytes = whole.toString().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private void stream(HttpExchange exchange, Behaviour behaviour, FakeVllm server) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        OutputStream out = exchange.getResponseBody();
        for (int i = 0; i < tokens.size(); i++) {
            if (behaviour instanceof Behaviour.StallAfter(int most) && i == most) {
                stall(out, server);
                return;
            }
            if (behaviour instanceof Behaviour.BreakAfter(int most) && i == most) {
                // Without the last chunk the client sees that it is not the end.
                throw new IOException("told to break");
            }
            event(
                    out,
                    tampered(piece(List.of(tokens.get(i)), i == 0, i == tokens.size() - 1), behaviour)
                            .toString());
        }
        ObjectNode usage = json.createObjectNode().put("model", model);
        usage.putArray("choices");
        usage.putObject("usage").put("prompt_tokens", prompt.size()).put("completion_tokens", tokens.size());
        event(out, usage.toString());
        event(out, "[DONE]");
    }

    /** Comments keep the connection busy, which is how a server notices that its client has gone. */
    private static void stall(OutputStream out, FakeVllm server) {
        try {
            while (!server.stopped().await(TICK_MILLIS, TimeUnit.MILLISECONDS)) {
                out.flush();
                out.write(' ');
                out.flush();
            }
        } catch (IOException _) {
            server.abandoned();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static void event(OutputStream out, String data) throws IOException {
        out.write(("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static ObjectNode tampered(ObjectNode piece, Behaviour behaviour) {
        return behaviour instanceof Behaviour.Tamper(var change) ? change.apply(piece) : piece;
    }

    private ObjectNode piece(List<Token> drawn, boolean first, boolean last) {
        ObjectNode piece = json.createObjectNode().put("model", model);
        ObjectNode choice = piece.putArray("choices").addObject().put("index", 0);
        choice.put("finish_reason", last ? finishReason : null);
        if (chat) {
            chatLogprobs(choice.putObject("logprobs").putArray("content"), drawn);
        } else {
            completionLogprobs(choice.putObject("logprobs"), drawn);
        }
        if (tokenIds) {
            drawn.forEach(token -> choice.withArray("token_ids").add(token.id()));
            if (first) {
                prompt.forEach((chat ? piece : choice).putArray("prompt_token_ids")::add);
            }
        }
        if (!body.path("stream").asBoolean()) {
            piece.putObject("usage").put("prompt_tokens", prompt.size());
        }
        return piece;
    }

    private void completionLogprobs(ObjectNode logprobs, List<Token> drawn) {
        ArrayNode texts = logprobs.putArray("tokens");
        ArrayNode values = logprobs.putArray("token_logprobs");
        ArrayNode tops = logprobs.putArray("top_logprobs");
        for (Token token : drawn) {
            texts.add(text(token.id()));
            values.add(token.logprob());
            ObjectNode top = tops.addObject().put(text(token.id()), token.logprob());
            wanted(token, body.path("logprobs").asInt()).forEach(other -> top.put(text(other.id()), other.logprob()));
        }
    }

    private void chatLogprobs(ArrayNode content, List<Token> drawn) {
        for (Token token : drawn) {
            ObjectNode each = content.addObject().put("token", text(token.id())).put("logprob", token.logprob());
            ArrayNode bytes = each.putArray("bytes");
            for (byte value : text(token.id()).getBytes(StandardCharsets.UTF_8)) {
                bytes.add(Byte.toUnsignedInt(value));
            }
            ArrayNode tops = each.putArray("top_logprobs");
            wanted(token, body.path("top_logprobs").asInt())
                    .forEach(other ->
                            tops.addObject().put("token", text(other.id())).put("logprob", other.logprob()));
        }
    }

    private static List<Alternative> wanted(Token token, int count) {
        return token.alternatives().subList(0, count);
    }

    /** As vLLM decodes a token alone: what is not text by itself is a replacement character, or nothing. */
    private String text(int id) {
        if (body.path("return_tokens_as_token_ids").asBoolean()) {
            return "token_id:" + id;
        }
        return id == tokenizer.eosId() ? "<|im_end|>" : tokenizer.decode(TokenIds.of(id));
    }
}
