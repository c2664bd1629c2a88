package dev.troupe.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.troupe.policy.CheckpointException.Reason;
import dev.troupe.policy.template.Text;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The control tokens of a tokenizer, and how to keep text from becoming one of them. */
final class SpecialTokens {
    /** Far above any vocabulary; tables by id stay small. */
    private static final int MAX_ID = 1 << 22;

    private final Map<String, Integer> ids;
    private final Map<Character, List<String>> longestFirst = new HashMap<>();
    private final BitSet firstChars = new BitSet();
    private final BitSet controls = new BitSet();
    private final int eos;
    private final int pad;
    private final int vocabSize;

    /** A rendered chat is a row of these. */
    sealed interface Piece {
        /** A control token that the template wrote. */
        record Control(String literal, int id) implements Piece {}

        /** All between two control tokens; never empty. */
        record Plain(String text) implements Piece {}
    }

    private SpecialTokens(Map<String, Integer> ids, int eos, int pad, int vocabSize) {
        this.ids = Map.copyOf(ids);
        this.eos = eos;
        this.pad = pad;
        this.vocabSize = vocabSize;
        ids.forEach((literal, id) -> {
            longestFirst
                    .computeIfAbsent(literal.charAt(0), _ -> new ArrayList<>())
                    .add(literal);
            firstChars.set(literal.charAt(0));
            controls.set(id);
        });
        longestFirst
                .values()
                .forEach(literals ->
                        literals.sort(Comparator.comparingInt(String::length).reversed()));
    }

    /** The special tokens of a tokenizer.json, and those the config gives a part to. */
    static SpecialTokens read(Path file, TokenizerConfig config) throws IOException {
        ObjectNode root = Json.read(file, Reason.BAD_TOKENIZER);
        Map<String, Integer> added = new HashMap<>();
        Map<String, Integer> ids = new HashMap<>();
        int highest = -1;
        for (JsonNode token : root.path("added_tokens")) {
            int id = id(token.path("id"), file);
            String literal = token.path("content").asText();
            highest = Math.max(highest, id);
            added.put(literal, id);
            if (token.path("special").asBoolean() || config.tokens().containsValue(literal)) {
                ids.put(literal, id);
            }
        }
        for (JsonNode id : root.path("model").path("vocab")) {
            highest = Math.max(highest, id(id, file));
        }
        for (String literal : ids.keySet()) {
            if (literal.codePointCount(0, literal.length()) < 2) {
                throw new CheckpointException(
                        Reason.BAD_TOKENIZER,
                        file,
                        "has the special token '" + literal + "' of one character, which text could not be kept from");
            }
        }
        int eos = endOfSequence(added, config, file);
        Optional<Integer> pad = named("pad_token", added, config, file);
        return new SpecialTokens(ids, eos, pad.orElse(ids.getOrDefault(BpeTrainer.END_OF_TEXT, eos)), highest + 1);
    }

    private static int id(JsonNode node, Path file) throws CheckpointException {
        if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < 0 || node.intValue() > MAX_ID) {
            throw new CheckpointException(
                    Reason.BAD_TOKENIZER,
                    file,
                    "has the token id " + node + ", not a whole number from 0 to " + MAX_ID);
        }
        return node.intValue();
    }

    private static int endOfSequence(Map<String, Integer> added, TokenizerConfig config, Path file)
            throws CheckpointException {
        Optional<Integer> id = named("eos_token", added, config, file)
                .or(() -> Optional.ofNullable(added.get(BpeTrainer.MESSAGE_END)));
        if (id.isEmpty()) {
            throw new CheckpointException(
                    Reason.BAD_TOKENIZER,
                    file,
                    "has no token that ends a message; name one as 'eos_token' in tokenizer_config.json");
        }
        return id.get();
    }

    private static Optional<Integer> named(String name, Map<String, Integer> added, TokenizerConfig config, Path file)
            throws CheckpointException {
        String literal = config.tokens().get(name);
        if (literal != null && !added.containsKey(literal)) {
            throw new CheckpointException(
                    Reason.BAD_TOKENIZER,
                    file,
                    "does not have the " + name + " '" + literal + "' among its added_tokens, where the files beside it"
                            + " say it is");
        }
        return Optional.ofNullable(literal).map(added::get);
    }

    int endOfSequence() {
        return eos;
    }

    /** The pad token; where none is named, the end-of-text token, or else the end of a sequence. */
    int padding() {
        return pad;
    }

    /** One more than the highest id. */
    int vocabSize() {
        return vocabSize;
    }

    boolean isControl(long id) {
        return controls.get((int) id);
    }

    boolean anyControl(long[] encoded) {
        return Arrays.stream(encoded).anyMatch(this::isControl);
    }

    /** The longest control token that the text has at an index. */
    private Optional<String> literalAt(String text, int index) {
        if (!firstChars.get(text.charAt(index))) {
            return Optional.empty();
        }
        return longestFirst.getOrDefault(text.charAt(index), List.of()).stream()
                .filter(literal -> text.startsWith(literal, index))
                .findFirst();
    }

    /** Cuts at control tokens all of whose characters are the template's own. */
    List<Piece> pieces(Text rendered) {
        List<Piece> pieces = new ArrayList<>();
        String text = rendered.toString();
        int start = 0;
        for (int i = 0; i < text.length(); ) {
            int at = i;
            Optional<String> own =
                    literalAt(text, i).filter(literal -> !rendered.hasForeign(at, at + literal.length()));
            if (own.isEmpty()) {
                i++;
                continue;
            }
            if (start < i) {
                pieces.add(new Piece.Plain(text.substring(start, i)));
            }
            pieces.add(new Piece.Control(own.get(), ids.getOrDefault(own.get(), eos)));
            i += own.get().length();
            start = i;
        }
        if (start < text.length()) {
            pieces.add(new Piece.Plain(text.substring(start)));
        }
        return pieces;
    }

    /**
     * The text in pieces, none of which contains a whole control token: each occurrence is cut behind its first
     * character.
     */
    List<String> harmlessPieces(String text) {
        List<String> pieces = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            if (literalAt(text, i).isPresent()) {
                int end = text.offsetByCodePoints(i, 1);
                pieces.add(text.substring(start, end));
                start = end;
            }
        }
        if (start < text.length()) {
            pieces.add(text.substring(start));
        }
        return pieces;
    }
}
