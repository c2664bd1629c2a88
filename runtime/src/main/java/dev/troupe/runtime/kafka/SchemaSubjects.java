package dev.troupe.runtime.kafka;

import static dev.troupe.runtime.kafka.ClusterException.Reason.NOT_PERMITTED;
import static dev.troupe.runtime.kafka.ClusterException.Reason.REFUSED;
import static dev.troupe.runtime.kafka.ClusterException.Reason.REGISTRY_UNREACHABLE;
import static dev.troupe.runtime.kafka.ClusterException.Reason.SCHEMA_INCOMPATIBLE;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.troupe.schemas.Topic;
import dev.troupe.schemas.TopicCatalog;
import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;

/** The catalogue's schemas in the registry. */
final class SchemaSubjects implements AutoCloseable {

    /** Readers and writers of any two versions understand each other: services are upgraded one by one. */
    private static final String COMPATIBILITY = "FULL_TRANSITIVE";

    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final SchemaRegistryClient client;
    private final String url;

    SchemaSubjects(String url, Map<String, ?> settings) {
        this(url, new CachedSchemaRegistryClient(Arrays.asList(url.split(",")), 1000, settings));
    }

    SchemaSubjects(String url, SchemaRegistryClient client) {
        this.url = url;
        this.client = client;
    }

    /** Registers what is missing; returns the subjects that were new or got a new version. */
    List<String> register() {
        var registered = new ArrayList<String>();
        for (Topic<?> topic : TopicCatalog.all()) {
            var schema = new AvroSchema(plain(topic.schema()));
            if (!isRegistered(topic.subject(), schema)) {
                register(topic.subject(), schema);
                registered.add(topic.subject());
            }
        }
        return registered;
    }

    /** Subjects of the catalogue whose schema the registry does not have. */
    List<String> missing() {
        return TopicCatalog.all().stream()
                .filter(topic -> !isRegistered(topic.subject(), new AvroSchema(plain(topic.schema()))))
                .map(Topic::subject)
                .toList();
    }

    @Override
    public void close() {
        try {
            client.close();
        } catch (IOException e) {
            throw failure("close", e);
        }
    }

    private void register(String subject, AvroSchema schema) {
        try {
            client.updateCompatibility(subject, COMPATIBILITY);
            client.register(subject, schema);
        } catch (RestClientException e) {
            if (e.getStatus() == CONFLICT) {
                throw new ClusterException(
                        SCHEMA_INCOMPATIBLE,
                        "the registry has another schema for %s that does not go with this version of Troupe: %s"
                                .formatted(subject, e.getMessage()),
                        e);
            }
            throw refused("register " + subject, e);
        } catch (IOException e) {
            throw failure("register " + subject, e);
        }
    }

    private boolean isRegistered(String subject, AvroSchema schema) {
        try {
            client.getId(subject, schema);
            return true;
        } catch (RestClientException e) {
            if (e.getStatus() == NOT_FOUND) {
                return false;
            }
            throw refused("look up " + subject, e);
        } catch (IOException e) {
            throw failure("look up " + subject, e);
        }
    }

    private ClusterException refused(String what, RestClientException e) {
        boolean denied = e.getStatus() == 401 || e.getStatus() == 403;
        boolean down = e.getStatus() >= 500;
        return new ClusterException(
                denied ? NOT_PERMITTED : down ? REGISTRY_UNREACHABLE : REFUSED,
                "the schema registry at %s did not %s: %s".formatted(url, what, e.getMessage()),
                e);
    }

    private ClusterException failure(String what, IOException e) {
        return new ClusterException(
                REGISTRY_UNREACHABLE, "the schema registry at %s did not answer (%s): %s".formatted(url, what, e), e);
    }

    /** The schema as written, without the generator's {@code avro.java.string}: other languages read it too. */
    static Schema plain(Schema schema) {
        try {
            return new Schema.Parser().parse(JSON.writeValueAsString(strip(JSON.readTree(schema.toString()))));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a schema prints as JSON", e);
        }
    }

    private static JsonNode strip(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.remove("avro.java.string");
        }
        node.forEach(SchemaSubjects::strip);
        return node;
    }
}
