package dev.troupe.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThatCode;

import dev.troupe.runtime.config.Settings;
import dev.troupe.schemas.TopicCatalog;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TopicReaderTest {

    @Test
    void closesWithoutHavingBeenStarted() {
        try (var clients = new KafkaClients(Settings.of(Map.of()))) {
            var reader = new TopicReader<>(clients, "reader", TopicCatalog.EPISODES, _ -> {});
            assertThatCode(reader::close).doesNotThrowAnyException();
        }
    }
}
