package dev.troupe.policy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.troupe.policy.CheckpointException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** JSON as the checkpoint files need it: strict (duplicate keys and trailing text are errors) and bounded. */
final class Json {
    /** Large enough for a 256k-token tokenizer.json, small enough to read whole. */
    static final long MAX_FILE_BYTES = 64L << 20;

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            // transformers writes Infinity and NaN as bare words
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    static {
        MAPPER.getFactory()
                .setStreamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(64)
                        .maxStringLength(1 << 20)
                        .build());
    }

    private Json() {}

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static ObjectNode parse(byte[] bytes, Path file, Reason reason) throws CheckpointException {
        JsonNode node;
        try {
            node = MAPPER.readTree(bytes);
        } catch (IOException e) {
            throw new CheckpointException(reason, file, "is not valid JSON: " + e.getMessage(), e);
        }
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw new CheckpointException(reason, file, "must hold a JSON object");
    }

    static ObjectNode read(Path file, Reason reason) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new CheckpointException(Reason.MISSING_FILE, file, "does not exist; a checkpoint directory needs it");
        }
        long size = Files.size(file);
        if (size > MAX_FILE_BYTES) {
            throw new CheckpointException(
                    Reason.TOO_LARGE, file, "has " + size + " bytes, more than the limit of " + MAX_FILE_BYTES);
        }
        return parse(Files.readAllBytes(file), file, reason);
    }

    static void write(Path file, JsonNode node) throws IOException {
        Files.write(file, pretty(node));
    }

    static byte[] pretty(JsonNode node) throws JsonProcessingException {
        return (MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(node) + "\n")
                .getBytes(StandardCharsets.UTF_8);
    }
}
