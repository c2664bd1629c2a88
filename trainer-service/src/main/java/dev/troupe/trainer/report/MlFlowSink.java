package dev.troupe.trainer.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.troupe.schemas.avro.TrainingStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A run on an MLflow server. Which one is kept in a file, so that a trainer that starts again goes on with it. */
final class MlFlowSink implements StepSink {
    static final String RUN_FILE = "mlflow-run-id";

    private final MlFlowOptions options;
    private final Path directory;
    private final String teamId;
    private @Nullable MlFlowClient client;
    private String runId = "";

    /** @param directory of the team, for the id of its run; made when it is not there */
    MlFlowSink(MlFlowOptions options, Path directory, String teamId) {
        this.options = options;
        this.directory = directory;
        this.teamId = teamId;
    }

    @Override
    public String place() {
        return options.trackingUri().toString();
    }

    @Override
    public Optional<Last> open() throws IOException, InterruptedException {
        var opened = new MlFlowClient(options);
        client = opened;
        Path file = directory.resolve(RUN_FILE);
        runId = options.runId();
        if (runId.isEmpty() && Files.exists(file)) {
            runId = Files.readString(file).strip();
        }
        if (runId.isEmpty()) {
            return Optional.empty();
        }
        JsonNode metrics =
                opened.get("runs/get", "run_id", runId).path("run").path("data").path("metrics");
        Last last = null;
        for (JsonNode metric : metrics) {
            long step = metric.path("step").asLong();
            if (last == null || step > last.step()) {
                last = new Last(step, metric.path("timestamp").asLong());
            }
        }
        return Optional.ofNullable(last);
    }

    @Override
    public void write(TrainingStep step) throws IOException, InterruptedException {
        MlFlowClient opened = client;
        if (opened == null) {
            throw new IllegalStateException("the run is not open");
        }
        if (runId.isEmpty()) {
            runId = createRun(opened, step.getFinishedAt());
        }
        ObjectNode body = opened.body().put("run_id", runId);
        ArrayNode metrics = body.putArray("metrics");
        new TreeMap<>(step.getMetrics())
                .forEach((name, value) -> metrics.addObject()
                        .put("key", legal(name))
                        .put("value", value)
                        .put("timestamp", step.getFinishedAt())
                        .put("step", step.getStep()));
        // One request: all of a step or nothing. Sent again after a lost answer, it is the same points once more.
        opened.post("runs/log-batch", body);
    }

    private String createRun(MlFlowClient opened, long millis) throws IOException, InterruptedException {
        ObjectNode body = opened.body()
                .put("experiment_id", opened.experiment(options.experimentName()))
                .put("run_name", teamId)
                .put("start_time", millis);
        body.putArray("tags").addObject().put("key", "troupe.team").put("value", teamId);
        String created = opened.post("runs/create", body)
                .path("run")
                .path("info")
                .path("run_id")
                .asText();
        if (created.isEmpty()) {
            throw new IOException("MLflow at %s made a run without a run_id".formatted(options.trackingUri()));
        }
        Files.createDirectories(directory);
        Path temporary = directory.resolve(RUN_FILE + ".tmp");
        Files.writeString(temporary, created + "\n");
        Files.move(temporary, directory.resolve(RUN_FILE), StandardCopyOption.ATOMIC_MOVE);
        return created;
    }

    /** MLflow takes letters, digits, underscores, dashes, periods, spaces, colons and slashes. */
    private static String legal(String name) {
        return name.replaceAll("[^A-Za-z0-9_\\-./: ]", "_");
    }

    @Override
    public void close() {
        MlFlowClient opened = client;
        client = null;
        if (opened != null) {
            opened.close();
        }
    }
}
