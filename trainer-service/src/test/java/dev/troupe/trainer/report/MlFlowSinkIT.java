package dev.troupe.trainer.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a server that answers as MLflow 3 does, and refuses what it refuses. */
@NullUnmarked
class MlFlowSinkIT {
    @TempDir
    Path directory;

    private HttpServer server;
    private FakeMlFlow mlflow;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        mlflow = new FakeMlFlow("secret");
        server.createContext("/api/2.0/mlflow/", mlflow);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void makesOneRunAndGoesOnWithIt() throws Exception {
        try (var sink = sink("", "secret")) {
            assertThat(sink.open()).isEmpty();
            sink.write(Steps.step(1));
            sink.write(Steps.step(2));
        }
        try (var sink = sink("", "secret")) {
            assertThat(sink.open()).contains(new StepSink.Last(2, Steps.step(2).getFinishedAt()));
            sink.write(Steps.step(3));
        }
        assertThat(mlflow.experiments).containsOnlyKeys("tests");
        assertThat(mlflow.runs).hasSize(1);
        assertThat(Files.readString(directory.resolve(MlFlowSink.RUN_FILE)).strip())
                .isEqualTo(mlflow.runs.firstKey());
        assertThat(mlflow.runs.firstEntry().getValue())
                .filteredOn(metric -> metric.path("key").asText().equals("loss"))
                .extracting(metric -> metric.path("step").asLong() + " "
                        + metric.path("value").asDouble() + " "
                        + metric.path("timestamp").asLong())
                .containsExactly("1 -0.25 1790000001000", "2 -0.5 1790000002000", "3 -0.75 1790000003000");
        assertThat(mlflow.runs.firstEntry().getValue())
                .extracting(metric -> metric.path("key").asText())
                .contains("completions/mean_length");
    }

    @Test
    void goesOnWithTheRunItIsGiven() throws Exception {
        mlflow.addRun("given");
        try (var sink = sink("given", "secret")) {
            assertThat(sink.open()).isEmpty();
            sink.write(Steps.step(1));
        }
        assertThat(mlflow.runs).containsOnlyKeys("given");
        assertThat(mlflow.runs.get("given")).extracting(JsonNode::isObject).contains(true);
        assertThat(directory.resolve(MlFlowSink.RUN_FILE)).doesNotExist();
    }

    @Test
    void saysWhatTheServerSays() throws IOException {
        try (var sink = sink("absent", "secret")) {
            assertThatThrownBy(sink::open)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(address().toString())
                    .hasMessageContaining("404 RESOURCE_DOES_NOT_EXIST")
                    .hasMessageContaining("absent");
        }
        try (var sink = sink("absent", "wrong")) {
            assertThatThrownBy(sink::open).isInstanceOf(IOException.class).hasMessageContaining("401");
        }
    }

    @Test
    void saysWhichServerDoesNotAnswer() throws IOException {
        server.stop(0);
        try (var sink = sink("any", "")) {
            assertThatThrownBy(sink::open)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("no answer from MLflow at " + address());
        }
    }

    private MlFlowSink sink(String runId, String token) {
        return new MlFlowSink(new MlFlowOptions(address(), "tests", runId, token), directory, "crew");
    }

    private URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }
}
