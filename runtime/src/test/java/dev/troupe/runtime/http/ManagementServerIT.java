package dev.troupe.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.runtime.lifecycle.Service;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ManagementServerIT {

    private final AtomicBoolean live = new AtomicBoolean(true);
    private final AtomicBoolean ready = new AtomicBoolean(false);
    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final ManagementServer server = new ManagementServer(0, "127.0.0.1", meters, List.of(new Switched()));
    private final HttpClient http = HttpClient.newHttpClient();

    private final class Switched implements Service {
        @Override
        public String name() {
            return "switched";
        }

        @Override
        public void start() {}

        @Override
        public void close() {}

        @Override
        public boolean live() {
            return live.get();
        }

        @Override
        public boolean ready() {
            return ready.get();
        }
    }

    @BeforeEach
    void start() {
        server.start();
    }

    @AfterEach
    void close() {
        server.close();
        http.close();
    }

    @Test
    void servesMetrics() throws Exception {
        meters.counter("troupe.dead.letters", "reason", "malformed").increment();

        HttpResponse<String> answer = ask("GET", "/metrics");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body())
                .contains("troupe_dead_letters_total{reason=\"malformed\"} 1.0")
                .contains("jvm_memory_used_bytes");
    }

    @Test
    void tellsHealthServiceByService() throws Exception {
        assertThat(ask("GET", "/health/live").statusCode()).isEqualTo(200);
        assertThat(ask("GET", "/health/ready").statusCode()).isEqualTo(503);
        assertThat(ask("GET", "/health/ready").body())
                .contains("\"status\":\"DOWN\"")
                .contains("\"switched\":false");

        ready.set(true);
        live.set(false);

        assertThat(ask("GET", "/health/ready").statusCode()).isEqualTo(200);
        assertThat(ask("GET", "/health/live").statusCode()).isEqualTo(503);
    }

    @Test
    void staysStartedWhenItIsNoLongerReady() throws Exception {
        assertThat(ask("GET", "/health/started").statusCode()).isEqualTo(503);
        ready.set(true);
        assertThat(ask("GET", "/health/started").statusCode()).isEqualTo(200);
        ready.set(false);

        assertThat(ask("GET", "/health/started").statusCode()).isEqualTo(200);
    }

    @Test
    void answersNothingElse() throws Exception {
        assertThat(ask("GET", "/").statusCode()).isEqualTo(404);
        assertThat(ask("GET", "/metrics/more").statusCode()).isEqualTo(404);
        assertThat(ask("POST", "/metrics").statusCode()).isEqualTo(405);
        assertThat(ask("HEAD", "/metrics").statusCode()).isEqualTo(200);
    }

    @Test
    void saysWhichPortIsTaken() {
        var second = new ManagementServer(server.port(), "127.0.0.1", meters, List.of());
        try (second) {
            assertThatThrownBy(second::start)
                    .hasMessageContaining("127.0.0.1:" + server.port())
                    .hasMessageContaining("management.port");
        }
    }

    private HttpResponse<String> ask(String method, String path) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }
}
