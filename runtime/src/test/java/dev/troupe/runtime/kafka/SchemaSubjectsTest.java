package dev.troupe.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.schemas.RecordCodec;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.Message;
import io.confluent.kafka.schemaregistry.client.MockSchemaRegistryClient;
import io.confluent.kafka.schemaregistry.testutil.MockSchemaRegistry;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SchemaSubjectsTest {

    @Test
    void registersEverySchemaOnce() throws Exception {
        var registry = new MockSchemaRegistryClient();
        var subjects = new SchemaSubjects("mock", registry);

        List<String> first = subjects.register();

        assertThat(first).hasSize(TopicCatalog.all().size()).contains("tasks-value", "evaluations-value");
        assertThat(subjects.register()).isEmpty();
        assertThat(subjects.missing()).isEmpty();
        assertThat(registry.getCompatibility("tasks-value")).isEqualTo("FULL_TRANSITIVE");
        assertThat(registry.getLatestSchemaMetadata("tasks-value").getSchema()).doesNotContain("avro.java.string");
    }

    @Test
    void namesWhatIsMissing() {
        assertThat(new SchemaSubjects("mock", new MockSchemaRegistryClient()).missing())
                .contains("tasks-value");
    }

    @Test
    void theCodecFindsWhatWasRegistered() throws Exception {
        var settings = Map.of("schema.registry.url", "mock://subjects-and-codec");
        Message message = Messages.of("t1", "hello");
        var client = MockSchemaRegistry.getClientForScope("subjects-and-codec");
        try (var subjects = new SchemaSubjects("mock://subjects-and-codec", client);
                var codec = new RecordCodec(settings)) {
            List<String> registered = subjects.register();

            byte[] bytes = codec.encode(TopicCatalog.MESSAGES, message);

            assertThat(registered).contains("messages-value");
            assertThat(codec.decode(TopicCatalog.MESSAGES, bytes)).isEqualTo(message);
        }
    }
}
