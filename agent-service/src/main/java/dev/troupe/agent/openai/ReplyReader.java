package dev.troupe.agent.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.troupe.agent.openai.Reply.Token;
import dev.troupe.agent.openai.ServerException.Fault;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Puts a reply together from the one object, or the many pieces of a stream, in which it comes. */
final class ReplyReader {
    private static final String DATA = "data:";
    private static final char REPLACEMENT = '\ufffd';
    private static final String DONE = "[DONE]";

    private final HttpCalls calls;
    private final boolean stream;
    private final StringBuilder whole = new StringBuilder();
    private final List<Integer> ids = new ArrayList<>();
    private final List<Token> tokens = new ArrayList<>();
    private final Map<String, Double> alternatives = new HashMap<>();
    private final Set<String> ambiguous = new HashSet<>();
    private boolean identified;
    private boolean done;
    private String model = "";
    private String finishReason = "";
    private Optional<List<Integer>> promptIds = Optional.empty();
    private OptionalInt promptTokens = OptionalInt.empty();

    ReplyReader(HttpCalls calls, boolean stream) {
        this.calls = calls;
        this.stream = stream;
    }

    /** A line of the answer; of a stream only {@code data:} means anything (server-sent events). */
    void line(String line) throws ServerException {
        if (!stream) {
            whole.append(line).append('\n');
        } else if (line.startsWith(DATA)) {
            String data = line.substring(DATA.length()).strip();
            if (data.equals(DONE)) {
                done = true;
            } else {
                piece(calls.parse(data));
            }
        }
    }

    /** @throws ServerException when the answer ended before its end */
    Reply reply() throws ServerException {
        if (!stream) {
            piece(calls.parse(whole.toString()));
        } else if (!done && finishReason.isEmpty()) {
            throw new ServerException(Fault.BROKEN_OFF, "the stream ended after " + tokens.size() + " tokens");
        }
        return new Reply(
                model,
                identified ? Optional.of(ids) : Optional.empty(),
                tokens,
                finishReason,
                promptIds,
                promptTokens,
                alternatives);
    }

    private void piece(JsonNode piece) throws ServerException {
        if (piece.hasNonNull("error")) {
            // Within a stream the status was 200 already.
            throw new ServerException(
                    Fault.UNAVAILABLE,
                    "the server gave up: " + piece.path("error").toString());
        }
        names(piece.path("model"));
        if (piece.path("usage").path("prompt_tokens").isInt()) {
            promptTokens =
                    OptionalInt.of(piece.path("usage").path("prompt_tokens").asInt());
        }
        JsonNode choice = piece.path("choices").path(0);
        // The completions API has it in the choice, the chat API beside it.
        for (JsonNode from : List.of(piece, choice)) {
            if (from.path("prompt_token_ids").isArray()) {
                promptIds = Optional.of(numbers(from.path("prompt_token_ids")));
            }
        }
        if (choice.path("token_ids").isArray()) {
            identified = true;
            ids.addAll(numbers(choice.path("token_ids")));
        }
        JsonNode logprobs = choice.path("logprobs");
        if (logprobs.path("content").isArray()) {
            chatTokens(logprobs.path("content"));
        } else if (logprobs.path("token_logprobs").isArray()) {
            completionTokens(logprobs);
        }
        finishReason = choice.hasNonNull("finish_reason")
                ? choice.path("finish_reason").asText()
                : finishReason;
    }

    /** A stream that changes its model is of neither. */
    private void names(JsonNode said) {
        if (said.isTextual() && !said.asText().equals(model)) {
            model = model.isEmpty() ? said.asText() : model + ", " + said.asText();
        }
    }

    private void completionTokens(JsonNode logprobs) throws ServerException {
        JsonNode values = logprobs.path("token_logprobs");
        JsonNode texts = logprobs.path("tokens");
        if (texts.size() != values.size()) {
            throw new ServerException(Fault.UNREADABLE, texts.size() + " tokens have " + values.size() + " log-probs");
        }
        if (tokens.isEmpty()) {
            logprobs.path("top_logprobs")
                    .path(0)
                    .properties()
                    .forEach(entry -> alternative(entry.getKey(), entry.getValue()));
        }
        for (int i = 0; i < values.size(); i++) {
            tokens.add(new Token(texts.path(i).asText(), Optional.empty(), number(values.path(i))));
        }
    }

    private void chatTokens(JsonNode content) {
        for (JsonNode each : content) {
            if (tokens.isEmpty()) {
                each.path("top_logprobs")
                        .forEach(other -> alternative(other.path("token").asText(), other.path("logprob")));
            }
            JsonNode bytes = each.path("bytes");
            tokens.add(new Token(
                    each.path("token").asText(),
                    bytes.isArray() ? Optional.of(numbers(bytes)) : Optional.empty(),
                    number(each.path("logprob"))));
        }
    }

    /** Words that stand for several tokens say nothing about any. */
    private void alternative(String token, JsonNode logprob) {
        if (token.isEmpty() || token.indexOf(REPLACEMENT) >= 0) {
            return;
        }
        if (ambiguous.contains(token) || alternatives.put(token, number(logprob)) != null) {
            ambiguous.add(token);
            alternatives.remove(token);
        }
    }

    private static double number(JsonNode node) {
        return node.isNumber() ? node.asDouble() : Double.NaN;
    }

    private static List<Integer> numbers(JsonNode array) {
        var numbers = new ArrayList<Integer>(array.size());
        array.forEach(each -> numbers.add(each.isInt() ? each.asInt() : -1));
        return numbers;
    }
}
