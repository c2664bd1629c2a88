package dev.troupe.agent.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.troupe.agent.openai.Reply.Token;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Finds the id of a token that a server names by its bytes or its text, where exactly one id has them: byte-level BPE
 * as GPT-2, Llama 3 and Qwen have it. Text that stands for several tokens, or for bytes that are no text, has no id.
 */
final class TokenBytes {
    private static final char REPLACEMENT = '\ufffd';

    private final Map<List<Integer>, Integer> ids = new HashMap<>();
    private final Set<List<Integer>> ambiguous = new HashSet<>();

    /**
     * Reads {@code tokenizer.json} of a directory.
     *
     * @throws IOException when it cannot be read, or is not byte-level BPE
     */
    static TokenBytes read(Path directory) throws IOException {
        Path file = directory.resolve("tokenizer.json");
        JsonNode root = new ObjectMapper().readTree(file.toFile());
        if (!mentionsByteLevel(root.path("pre_tokenizer")) && !mentionsByteLevel(root.path("decoder"))) {
            throw new IOException(
                    file + ": is not byte-level BPE, so tokens cannot be told by their bytes; sample from a"
                            + " server that gives token ids, with agent.openai.dialect = vllm");
        }
        var bytes = new TokenBytes();
        Map<Integer, Integer> alphabet = alphabet();
        Set<Integer> added = new HashSet<>();
        for (JsonNode token : root.path("added_tokens")) {
            bytes.add(utf8(token.path("content").asText()), token.path("id").asInt());
            added.add(token.path("id").asInt());
        }
        for (Map.Entry<String, JsonNode> entry :
                root.path("model").path("vocab").properties()) {
            if (!added.contains(entry.getValue().asInt())) {
                bytes.add(
                        entry.getKey()
                                .codePoints()
                                .map(symbol -> alphabet.getOrDefault(symbol, -1))
                                .boxed()
                                .toList(),
                        entry.getValue().asInt());
            }
        }
        return bytes;
    }

    private static boolean mentionsByteLevel(JsonNode node) {
        return node.findValuesAsText("type").contains("ByteLevel");
    }

    /** GPT-2's printable stand-in for each byte, read backwards. */
    private static Map<Integer, Integer> alphabet() {
        var bytes = new HashMap<Integer, Integer>();
        int next = 0x100;
        for (int value = 0; value < 256; value++) {
            boolean printable = (value >= '!' && value <= '~') || (value >= 0xa1 && value <= 0xac) || value >= 0xae;
            bytes.put(printable ? value : next++, value);
        }
        return bytes;
    }

    private void add(List<Integer> bytes, int id) {
        if (ids.putIfAbsent(bytes, id) != null) {
            ambiguous.add(bytes);
        }
    }

    /** The only id that the token can be. */
    OptionalInt id(Token token) {
        if (token.bytes().isEmpty() && token.text().indexOf(REPLACEMENT) >= 0) {
            return OptionalInt.empty();
        }
        List<Integer> bytes = token.bytes().orElseGet(() -> utf8(token.text()));
        Integer id = bytes.isEmpty() || ambiguous.contains(bytes) ? null : ids.get(bytes);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    private static List<Integer> utf8(String text) {
        var bytes = new ArrayList<Integer>();
        for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
            bytes.add(Byte.toUnsignedInt(value));
        }
        return bytes;
    }
}
