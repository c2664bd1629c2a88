package dev.troupe.cli.score;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Lines as JSON objects that hold nothing an environment or a record could not. */
final class LineJson {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private LineJson() {}

    /** @throws RefusedLineException when it is too long, no UTF-8 or no JSON object */
    static ObjectNode parse(LineFile.Line line) throws RefusedLineException {
        if (!line.complete()) {
            throw new RefusedLineException(
                    Problem.TOO_LARGE,
                    "the line has %,d bytes, at most %,d are read"
                            .formatted(line.length(), line.text().size()));
        }
        ByteBuffer bytes = ByteBuffer.wrap(line.text().toArray());
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
            if (JSON.readTree(text) instanceof ObjectNode object) {
                return object;
            }
            throw new RefusedLineException(Problem.NOT_JSON, "the line is JSON, but no object in braces");
        } catch (CharacterCodingException _) {
            throw new RefusedLineException(
                    Problem.NOT_UTF8, "byte %d begins no character".formatted(bytes.position() + 1));
        } catch (JsonProcessingException e) {
            int column = e.getLocation() == null ? 0 : e.getLocation().getColumnNr();
            throw new RefusedLineException(Problem.NOT_JSON, "column %d: %s".formatted(column, e.getOriginalMessage()));
        }
    }

    /**
     * Looks at every name, text and number.
     *
     * @param where the path to the node, for the message
     * @throws RefusedLineException naming the place
     */
    static void check(JsonNode node, String where) throws RefusedLineException {
        if (node.isTextual()) {
            check(node.textValue(), where);
        } else if (node.isFloatingPointNumber() && !Double.isFinite(node.doubleValue())) {
            throw new RefusedLineException(
                    Problem.NUMBER_NOT_FINITE, where + " is too large for a number; write it as text");
        }
        for (var entry : node.properties()) {
            check(entry.getKey(), "a name in " + where);
            check(entry.getValue(), where + "." + entry.getKey());
        }
        if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                check(node.get(i), "%s[%d]".formatted(where, i));
            }
        }
    }

    private static void check(String text, String where) throws RefusedLineException {
        int nul = text.indexOf('\0');
        if (nul >= 0) {
            throw new RefusedLineException(
                    Problem.NUL_CHARACTER, "%s has a NUL character at %d".formatted(where, nul + 1));
        }
        int at = 0;
        while (at < text.length()) {
            int point = text.codePointAt(at);
            if (Character.getType(point) == Character.SURROGATE) {
                throw new RefusedLineException(
                        Problem.LONE_SURROGATE,
                        "%s has half of a surrogate pair, \\u%04x, at %d".formatted(where, point, at + 1));
            }
            at += Character.charCount(point);
        }
    }
}
