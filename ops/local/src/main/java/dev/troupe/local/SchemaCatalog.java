package dev.troupe.local;

import io.confluent.kafka.schemaregistry.CompatibilityLevel;
import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** What the topic {@code _schemas} says, folded; guarded by itself, so reads go on while a write waits for Kafka. */
final class SchemaCatalog {

    private final NavigableMap<Integer, AvroSchema> byId = new TreeMap<>();
    private final Map<String, Integer> idByText = new HashMap<>();
    private final NavigableMap<String, NavigableMap<Integer, RegisteredSchema>> subjects = new TreeMap<>();
    private final Map<String, Integer> highestVersion = new HashMap<>();
    private final Map<String, CompatibilityLevel> levels = new HashMap<>();
    private CompatibilityLevel globalLevel = CompatibilityLevel.BACKWARD;

    synchronized void apply(SchemaEntry entry) {
        switch (entry) {
            case SchemaEntry.Version version -> put(version);
            case SchemaEntry.Purged(String subject, int version) -> remove(subject, version);
            case SchemaEntry.SubjectDeleted(String subject, int version) -> {
                NavigableMap<Integer, RegisteredSchema> versions = subjects.get(subject);
                if (versions != null) {
                    List.copyOf(versions.headMap(version, true).keySet()).forEach(old -> remove(subject, old));
                }
            }
            case SchemaEntry.Compatibility(Optional<String> subject, Optional<CompatibilityLevel> level) -> {
                if (subject.isEmpty()) {
                    globalLevel = level.orElse(CompatibilityLevel.BACKWARD);
                } else if (level.isEmpty()) {
                    levels.remove(subject.get());
                } else {
                    levels.put(subject.get(), level.get());
                }
            }
            case SchemaEntry.Other _ -> {}
        }
    }

    private void put(SchemaEntry.Version entry) {
        var schema = new AvroSchema(entry.schema());
        byId.put(entry.id(), schema);
        idByText.putIfAbsent(schema.canonicalString(), entry.id());
        highestVersion.merge(entry.subject(), entry.version(), Math::max);
        if (entry.deleted()) {
            remove(entry.subject(), entry.version());
        } else {
            subjects.computeIfAbsent(entry.subject(), _ -> new TreeMap<>())
                    .put(entry.version(), new RegisteredSchema(entry.subject(), entry.version(), entry.id(), schema));
        }
    }

    private void remove(String subject, int version) {
        NavigableMap<Integer, RegisteredSchema> versions = subjects.get(subject);
        if (versions != null) {
            versions.remove(version);
            if (versions.isEmpty()) {
                subjects.remove(subject);
            }
        }
    }

    synchronized List<String> subjects() {
        return List.copyOf(subjects.keySet());
    }

    /** The versions of a subject, oldest first; empty when there is no such subject. */
    synchronized List<RegisteredSchema> versions(String subject) {
        NavigableMap<Integer, RegisteredSchema> versions = subjects.get(subject);
        return versions == null ? List.of() : List.copyOf(versions.values());
    }

    /** Every place where a schema is registered, by subject. */
    synchronized List<RegisteredSchema> usesOf(int id) {
        return subjects.values().stream()
                .flatMap(versions -> versions.values().stream())
                .filter(version -> version.id() == id)
                .toList();
    }

    synchronized Optional<AvroSchema> byId(int id) {
        return Optional.ofNullable(byId.get(id));
    }

    /** The id of a schema that some subject holds or held. */
    synchronized Optional<Integer> idOf(AvroSchema schema) {
        return Optional.ofNullable(idByText.get(schema.canonicalString()));
    }

    synchronized int nextId() {
        return byId.isEmpty() ? 1 : byId.lastKey() + 1;
    }

    /** Versions are never given out twice, even after a deletion. */
    synchronized int nextVersion(String subject) {
        return highestVersion.getOrDefault(subject, 0) + 1;
    }

    synchronized CompatibilityLevel globalLevel() {
        return globalLevel;
    }

    synchronized Optional<CompatibilityLevel> level(String subject) {
        return Optional.ofNullable(levels.get(subject));
    }
}
