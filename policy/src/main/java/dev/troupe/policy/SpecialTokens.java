package dev.troupe.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.troupe.policy.CheckpointException.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The control tokens of a tokenizer.json, and how to keep text from becoming one of them. */
record SpecialTokens(Map<String, Integer> ids, int vocabSize) {
    SpecialTokens {
        ids = Map.copyOf(ids);
    }

    static SpecialTokens read(Path file) throws IOException {
        ObjectNode root = Json.read(file, Reason.BAD_TOKENIZER);
        Map<String, Integer> ids = new TreeMap<>();
        int highest = -1;
        for (JsonNode token : root.path("added_tokens")) {
            highest = Math.max(highest, token.path("id").asInt());
            if (token.path("special").asBoolean()) {
                ids.put(token.path("content").asText(), token.path("id").asInt());
            }
        }
        for (JsonNode id : root.path("model").path("vocab")) {
            highest = Math.max(highest, id.asInt());
        }
        for (String needed : List.of(BpeTrainer.MESSAGE_START, BpeTrainer.MESSAGE_END)) {
            if (!ids.containsKey(needed)) {
                throw new CheckpointException(
                        Reason.BAD_TOKENIZER,
                        file,
                        "has no special token '" + needed + "'; a policy speaks ChatML, so add it to the tokenizer");
            }
        }
        for (String literal : ids.keySet()) {
            if (literal.length() < 2) {
                throw new CheckpointException(
                        Reason.BAD_TOKENIZER,
                        file,
                        "has the special token '" + literal + "' of one character, which text could not be kept from");
            }
        }
        return new SpecialTokens(ids, highest + 1);
    }

    int messageStart() {
        return id(BpeTrainer.MESSAGE_START);
    }

    int messageEnd() {
        return id(BpeTrainer.MESSAGE_END);
    }

    /** The end-of-text token where there is one, or else the end of a message. */
    int padding() {
        return ids.getOrDefault(BpeTrainer.END_OF_TEXT, messageEnd());
    }

    private int id(String literal) {
        Integer id = ids.get(literal);
        if (id == null) {
            throw new IllegalStateException("no special token " + literal);
        }
        return id;
    }

    boolean anyControl(long[] encoded) {
        return Arrays.stream(encoded).anyMatch(id -> ids.containsValue((int) id));
    }

    /**
     * The text in pieces, none of which contains a whole control token: each occurrence is cut behind its first
     * character.
     */
    List<String> harmlessPieces(String text) {
        List<String> pieces = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            int at = i;
            if (ids.keySet().stream().anyMatch(literal -> text.startsWith(literal, at))) {
                pieces.add(text.substring(start, i + 1));
                start = i + 1;
            }
        }
        if (start < text.length()) {
            pieces.add(text.substring(start));
        }
        return pieces;
    }
}
