package dev.troupe.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.runtime.config.Settings;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.junit.jupiter.api.Test;

/** Real clients that reach nobody: port 1 refuses. */
class KafkaClientsIT {

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @Test
    void aClientMadeAnewTakesThePlaceOfTheOldInTheMetrics() {
        try (var clients = new KafkaClients(Settings.of(Map.of("kafka.bootstrap.servers", "127.0.0.1:1")), meters)) {
            clients.consumer("reader", null, Map.of()).close();
            int once = kafkaMeters().size();

            try (Consumer<byte[], byte[]> again = clients.consumer("reader", null, Map.of())) {
                assertThat(again.assignment()).isEmpty();
                assertThat(once).isPositive();
                assertThat(kafkaMeters()).hasSize(once);
            }
        }
        assertThat(kafkaMeters()).isEmpty();
    }

    private List<Meter> kafkaMeters() {
        return meters.getMeters().stream()
                .filter(meter -> meter.getId().getName().startsWith("kafka."))
                .toList();
    }
}
