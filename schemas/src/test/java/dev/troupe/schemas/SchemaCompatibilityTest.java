package dev.troupe.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every released schema and today's read each other's records (FULL_TRANSITIVE). */
class SchemaCompatibilityTest {

    private static final Path RELEASED = Path.of("src/test/resources/released");

    static Stream<Path> released() throws IOException {
        try (var files = Files.walk(RELEASED)) {
            return files.filter(file -> file.toString().endsWith(".avsc")).toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("released")
    void readsAndIsReadByEveryReleasedSchema(Path file) throws IOException {
        Schema released = new Schema.Parser().parse(Files.readString(file));
        String topic = String.valueOf(file.getFileName()).replace(".avsc", "");
        Schema today = TopicCatalog.find(topic).orElseThrow().schema();

        assertThat(compatibility(today, released)).isEqualTo(SchemaCompatibilityType.COMPATIBLE);
        assertThat(compatibility(released, today)).isEqualTo(SchemaCompatibilityType.COMPATIBLE);
    }

    @Test
    void everyTopicHasAReleasedSchema() throws IOException {
        var names = released().map(file -> String.valueOf(file.getFileName())).toList();
        assertThat(names)
                .containsAll(TopicCatalog.all().stream()
                        .map(topic -> topic.name() + ".avsc")
                        .toList());
    }

    @Test
    void addingAFieldWithoutADefaultIsCaught() {
        Schema before = new Schema.Parser()
                .parse("{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"int\"}]}");
        Schema after = new Schema.Parser().parse("""
                {"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"b","type":"int"}]}""");

        assertThat(compatibility(after, before)).isEqualTo(SchemaCompatibilityType.INCOMPATIBLE);
    }

    private static SchemaCompatibilityType compatibility(Schema reader, Schema writer) {
        return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer)
                .getType();
    }
}
