package dev.troupe.trainer.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * What is needed of MLflow's tracking API.
 *
 * @see <a href="https://mlflow.org/docs/latest/rest-api.html">MLflow REST API</a>
 */
final class MlFlowClient implements AutoCloseable {
    private static final String API = "/api/2.0/mlflow/";
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(20);
    private static final String ABSENT = "RESOURCE_DOES_NOT_EXIST";

    private final URI server;
    private final String token;
    private final HttpClient http;
    private final ObjectMapper json = new ObjectMapper();

    MlFlowClient(MlFlowOptions options) {
        this.server = options.trackingUri();
        this.token = options.token();
        this.http = HttpClient.newBuilder().connectTimeout(CONNECT).build();
    }

    /** The server said no, and why. */
    private static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1;
        private final String code;

        RefusedException(String message, String code) {
            super(message);
            this.code = code;
        }
    }

    ObjectNode body() {
        return json.createObjectNode();
    }

    /** The experiment of that name, which is made when it is not there. */
    String experiment(String name) throws IOException, InterruptedException {
        try {
            return get("experiments/get-by-name", "experiment_name", name)
                    .path("experiment")
                    .path("experiment_id")
                    .asText();
        } catch (RefusedException e) {
            if (!e.code.equals(ABSENT)) {
                throw e;
            }
            return post("experiments/create", body().put("name", name))
                    .path("experiment_id")
                    .asText();
        }
    }

    JsonNode get(String path, String parameter, String value) throws IOException, InterruptedException {
        return send(
                path,
                HttpRequest.newBuilder(URI.create(server + API + path + "?" + parameter + "="
                                + URLEncoder.encode(value, StandardCharsets.UTF_8)))
                        .GET());
    }

    JsonNode post(String path, ObjectNode body) throws IOException, InterruptedException {
        return send(
                path,
                HttpRequest.newBuilder(URI.create(server + API + path))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(json.writeValueAsBytes(body))));
    }

    private JsonNode send(String path, HttpRequest.Builder request) throws IOException, InterruptedException {
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        HttpResponse<byte[]> answer;
        try {
            answer = http.send(request.timeout(ANSWER).build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException e) {
            // The client's own message is often empty and never names the server.
            throw new IOException("no answer from MLflow at %s: %s".formatted(server, e), e);
        }
        JsonNode node = parse(answer.body());
        if (answer.statusCode() != 200) {
            String code = node.path("error_code").asText();
            throw new RefusedException(
                    "MLflow at %s answered %s with %d %s %s"
                            .formatted(
                                    server,
                                    path,
                                    answer.statusCode(),
                                    code,
                                    node.path("message").asText())
                            .strip(),
                    code);
        }
        return node;
    }

    /** A proxy's page of HTML says nothing that the status does not. */
    private JsonNode parse(byte[] body) {
        try {
            return json.readTree(body);
        } catch (IOException _) {
            return json.missingNode();
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
