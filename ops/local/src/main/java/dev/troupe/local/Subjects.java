package dev.troupe.local;

import io.confluent.kafka.schemaregistry.CompatibilityLevel;
import io.confluent.kafka.schemaregistry.ParsedSchemaHolder;
import io.confluent.kafka.schemaregistry.SimpleParsedSchemaHolder;
import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.common.KafkaException;

/**
 * The registry's rules: what is registered, under which id, and whether it may be. Writes go one at a time through the
 * log; reads come from memory.
 */
final class Subjects implements AutoCloseable {

    private final SchemaCatalog catalog = new SchemaCatalog();
    private final ReentrantLock writing = new ReentrantLock();
    private final SchemaLog log; // used by one thread at a time, under the lock

    Subjects(String bootstrapServers) throws InterruptedException, TimeoutException {
        this.log = new SchemaLog(bootstrapServers, catalog::apply);
    }

    SchemaCatalog catalog() {
        return catalog;
    }

    /** Registers a schema, or finds it, under a subject. */
    RegisteredSchema register(String subject, AvroSchema schema) throws RegistryError {
        Optional<RegisteredSchema> known = find(subject, schema);
        if (known.isPresent()) {
            return known.get();
        }
        return write(() -> {
            Optional<RegisteredSchema> raced = find(subject, schema);
            if (raced.isPresent()) {
                return raced.get();
            }
            List<String> problems = problems(schema, catalog.versions(subject), effectiveLevel(subject));
            if (!problems.isEmpty()) {
                throw RegistryError.incompatible(subject, problems);
            }
            int id = catalog.idOf(schema).orElseGet(catalog::nextId);
            int version = catalog.nextVersion(subject);
            log.append(new SchemaEntry.Version(subject, version, id, schema.canonicalString(), false));
            return new RegisteredSchema(subject, version, id, schema);
        });
    }

    RegisteredSchema lookup(String subject, AvroSchema schema) throws RegistryError {
        if (catalog.versions(subject).isEmpty()) {
            throw RegistryError.subjectNotFound(subject);
        }
        return find(subject, schema).orElseThrow(RegistryError::schemaNotFound);
    }

    private Optional<RegisteredSchema> find(String subject, AvroSchema schema) {
        String text = schema.canonicalString();
        return catalog.versions(subject).reversed().stream()
                .filter(known -> known.schema().canonicalString().equals(text))
                .findFirst();
    }

    /** One version of a subject, by number or as {@code latest}. */
    RegisteredSchema version(String subject, String wanted) throws RegistryError {
        int number = versionNumber(wanted);
        List<RegisteredSchema> versions = catalog.versions(subject);
        if (versions.isEmpty()) {
            throw RegistryError.subjectNotFound(subject);
        }
        if (number < 0) {
            return versions.getLast();
        }
        return versions.stream()
                .filter(known -> known.version() == number)
                .findFirst()
                .orElseThrow(() -> RegistryError.versionNotFound(number));
    }

    private static int versionNumber(String wanted) throws RegistryError {
        if (wanted.equals("latest") || wanted.equals("-1")) {
            return -1;
        }
        try {
            int number = Integer.parseInt(wanted);
            if (number >= 1) {
                return number;
            }
        } catch (NumberFormatException _) {
            // answered below
        }
        throw RegistryError.invalidVersion(wanted);
    }

    /** Why the schema may not follow one version; empty when it may. */
    List<String> problemsWith(String subject, String version, AvroSchema schema) throws RegistryError {
        int number = versionNumber(version);
        List<RegisteredSchema> versions = catalog.versions(subject);
        if (number >= 0) {
            versions =
                    versions.stream().filter(known -> known.version() == number).toList();
        }
        if (versions.isEmpty()) {
            if (number < 0) {
                return List.of(); // Confluent: anything may be the first version
            }
            throw RegistryError.versionNotFound(number);
        }
        return problems(schema, List.of(versions.getLast()), effectiveLevel(subject));
    }

    /** Why the schema could not be registered now; empty when it could. */
    List<String> problemsWithAll(String subject, AvroSchema schema) {
        return problems(schema, catalog.versions(subject), effectiveLevel(subject));
    }

    private static List<String> problems(AvroSchema schema, List<RegisteredSchema> earlier, CompatibilityLevel level) {
        List<ParsedSchemaHolder> oldestFirst = new ArrayList<>();
        earlier.forEach(known -> oldestFirst.add(new SimpleParsedSchemaHolder(known.schema())));
        return schema.isCompatible(level, oldestFirst);
    }

    CompatibilityLevel effectiveLevel(String subject) {
        return catalog.level(subject).orElseGet(catalog::globalLevel);
    }

    void setLevel(Optional<String> subject, CompatibilityLevel level) throws RegistryError {
        write(() -> {
            log.append(new SchemaEntry.Compatibility(subject, Optional.of(level)));
            return level;
        });
    }

    @FunctionalInterface
    private interface Write<T> {
        T run() throws RegistryError, InterruptedException;
    }

    /** Decides on the newest state and returns when the outcome is part of it. */
    private <T> T write(Write<T> write) throws RegistryError {
        writing.lock();
        try {
            log.settle();
            return write.run();
        } catch (KafkaException e) {
            throw RegistryError.storeFailed(String.valueOf(e.getMessage()));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw RegistryError.storeFailed("the registry is closing");
        } finally {
            writing.unlock();
        }
    }

    @Override
    public void close() {
        writing.lock();
        try {
            log.close();
        } finally {
            writing.unlock();
        }
    }
}
