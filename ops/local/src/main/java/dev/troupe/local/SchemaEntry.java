package dev.troupe.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.confluent.kafka.schemaregistry.CompatibilityLevel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One record of the topic {@code _schemas}, in the layout of Confluent's registry. */
sealed interface SchemaEntry {

    /** A version of a subject; a deleted one is hidden from the subject while its id still resolves. */
    record Version(String subject, int version, int id, String schema, boolean deleted) implements SchemaEntry {}

    /** The tombstone of a version. */
    record Purged(String subject, int version) implements SchemaEntry {}

    /** All versions of the subject up to this one are deleted. */
    record SubjectDeleted(String subject, int version) implements SchemaEntry {}

    /** A compatibility level; the empty subject is the global one, an empty level removes the setting. */
    record Compatibility(Optional<String> subject, Optional<CompatibilityLevel> level) implements SchemaEntry {}

    /** Something that this registry does not use (modes, other kinds of schema, keep-alives). */
    record Other(String keytype) implements SchemaEntry {}

    /** A key and its value as they stand in the topic. */
    record Encoded(String key, String value) {}

    ObjectMapper JSON = new ObjectMapper();

    /** The record for a new version or level. */
    static Encoded encode(SchemaEntry entry) {
        ObjectNode key = JSON.createObjectNode();
        ObjectNode value = JSON.createObjectNode();
        switch (entry) {
            case Version(String subject, int version, int id, String schema, boolean deleted) -> {
                key.put("keytype", "SCHEMA")
                        .put("subject", subject)
                        .put("version", version)
                        .put("magic", 1);
                value.put("subject", subject).put("version", version).put("id", id);
                value.put("schema", schema).put("deleted", deleted);
            }
            case Compatibility(Optional<String> subject, Optional<CompatibilityLevel> level) -> {
                key.put("keytype", "CONFIG")
                        .put("subject", subject.orElse(null))
                        .put("magic", 0);
                value.put("compatibilityLevel", level.orElseThrow().name);
            }
            case Purged _, SubjectDeleted _, Other _ ->
                throw new IllegalArgumentException("this registry does not write " + entry);
        }
        return new Encoded(key.toString(), value.toString());
    }

    /**
     * Reads a record of the topic.
     *
     * @throws IllegalArgumentException when it is not in the layout
     */
    static SchemaEntry decode(byte @Nullable [] keyBytes, byte @Nullable [] valueBytes) {
        JsonNode key = parse(keyBytes);
        JsonNode value = parse(valueBytes);
        String keytype = key.path("keytype").asText();
        return switch (keytype) {
            case "SCHEMA" -> version(key, value);
            case "DELETE_SUBJECT" ->
                new SubjectDeleted(
                        key.required("subject").asText(), value.path("version").asInt(Integer.MAX_VALUE));
            case "CONFIG" ->
                new Compatibility(
                        Optional.ofNullable(key.path("subject").textValue()),
                        Optional.ofNullable(value.path("compatibilityLevel").textValue())
                                .map(CompatibilityLevel::forName));
            default -> new Other(keytype);
        };
    }

    private static SchemaEntry version(JsonNode key, JsonNode value) {
        String subject = key.required("subject").asText();
        int version = key.required("version").asInt();
        if (value.isMissingNode()) {
            return new Purged(subject, version);
        }
        if (!value.path("schemaType").asText("AVRO").equals("AVRO")
                || !value.path("references").isEmpty()) {
            return new Other("SCHEMA");
        }
        return new Version(
                subject,
                version,
                value.required("id").asInt(),
                value.required("schema").asText(),
                value.path("deleted").asBoolean());
    }

    private static JsonNode parse(byte @Nullable [] bytes) {
        if (bytes == null) {
            return JSON.missingNode();
        }
        try {
            return JSON.readTree(bytes);
        } catch (IOException e) {
            throw new IllegalArgumentException("not JSON: " + e.getMessage(), new UncheckedIOException(e));
        }
    }
}
