package dev.troupe.trainer.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The part of MLflow's tracking API that a report needs; requests that MLflow would refuse are refused. */
final class FakeMlFlow implements HttpHandler {
    private static final String API = "/api/2.0/mlflow/";

    /** By name. */
    final TreeMap<String, String> experiments = new TreeMap<>();
    /** Points by run. */
    final TreeMap<String, List<JsonNode>> runs = new TreeMap<>();

    private final String token;
    private final ObjectMapper json = new ObjectMapper();

    FakeMlFlow(String token) {
        this.token = token;
    }

    void addRun(String runId) {
        runs.put(runId, new ArrayList<>());
    }

    private static final class Refusal extends Exception {
        private static final long serialVersionUID = 1;
        private final int status;
        private final String code;

        Refusal(int status, String code, String message) {
            super(message);
            this.status = status;
            this.code = code;
        }
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        int status = 200;
        ObjectNode answer;
        try {
            answer = answer(exchange);
        } catch (Refusal refusal) {
            status = refusal.status;
            answer = json.createObjectNode().put("error_code", refusal.code).put("message", refusal.getMessage());
        }
        byte[] body = json.writeValueAsBytes(answer);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private ObjectNode answer(HttpExchange exchange) throws IOException, Refusal {
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        if (!("Bearer " + token).equals(authorization)) {
            throw new Refusal(401, "UNAUTHENTICATED", "who are you?");
        }
        String call = exchange.getRequestMethod() + " "
                + exchange.getRequestURI().getPath().substring(API.length());
        JsonNode body = json.readTree(exchange.getRequestBody().readAllBytes());
        return switch (call) {
            case "GET experiments/get-by-name" -> experiment(query(exchange, "experiment_name"));
            case "POST experiments/create" -> createExperiment(text(body, "name"));
            case "POST runs/create" -> createRun(body);
            case "GET runs/get" -> run(query(exchange, "run_id"));
            case "POST runs/log-batch" -> logBatch(body);
            default -> throw new Refusal(404, "ENDPOINT_NOT_FOUND", call);
        };
    }

    private ObjectNode experiment(String name) throws Refusal {
        if (!experiments.containsKey(name)) {
            throw new Refusal(404, "RESOURCE_DOES_NOT_EXIST", "Could not find experiment with name '" + name + "'");
        }
        ObjectNode answer = json.createObjectNode();
        answer.putObject("experiment").put("experiment_id", experiments.get(name));
        return answer;
    }

    private ObjectNode createExperiment(String name) throws Refusal {
        if (experiments.containsKey(name)) {
            throw new Refusal(400, "RESOURCE_ALREADY_EXISTS", name);
        }
        experiments.put(name, Integer.toString(experiments.size() + 1));
        return json.createObjectNode().put("experiment_id", experiments.get(name));
    }

    private ObjectNode createRun(JsonNode body) throws Refusal {
        if (!experiments.containsValue(text(body, "experiment_id"))
                || !body.path("start_time").isIntegralNumber()) {
            throw new Refusal(400, "INVALID_PARAMETER_VALUE", body.toString());
        }
        String runId = "run" + runs.size();
        addRun(runId);
        ObjectNode answer = json.createObjectNode();
        answer.putObject("run").putObject("info").put("run_id", runId).put("run_name", text(body, "run_name"));
        return answer;
    }

    /** The newest point of each metric, as MLflow has them. */
    private ObjectNode run(String runId) throws Refusal {
        var newest = new TreeMap<String, JsonNode>();
        points(runId)
                .forEach(point -> newest.merge(
                        point.path("key").asText(),
                        point,
                        (one, other) ->
                                other.path("step").asLong() >= one.path("step").asLong() ? other : one));
        ObjectNode answer = json.createObjectNode();
        var metrics = answer.putObject("run").putObject("data").putArray("metrics");
        newest.values().forEach(metrics::add);
        return answer;
    }

    private ObjectNode logBatch(JsonNode body) throws Refusal {
        List<JsonNode> points = points(text(body, "run_id"));
        for (JsonNode metric : body.path("metrics")) {
            boolean usable = text(metric, "key").matches("[/\\w.\\- :]{1,250}")
                    && metric.path("value").isNumber()
                    && metric.path("timestamp").isIntegralNumber()
                    && metric.path("step").isIntegralNumber();
            if (!usable) {
                throw new Refusal(400, "INVALID_PARAMETER_VALUE", metric.toString());
            }
        }
        body.path("metrics").forEach(points::add);
        return json.createObjectNode();
    }

    private List<JsonNode> points(String runId) throws Refusal {
        List<JsonNode> points = runs.get(runId);
        if (points == null) {
            throw new Refusal(404, "RESOURCE_DOES_NOT_EXIST", "Run with id=" + runId + " not found");
        }
        return points;
    }

    private static String text(JsonNode body, String field) throws Refusal {
        if (!body.path(field).isTextual()) {
            throw new Refusal(400, "INVALID_PARAMETER_VALUE", "Missing value for required parameter '" + field + "'");
        }
        return body.path(field).textValue();
    }

    private static String query(HttpExchange exchange, String name) {
        String[] parameter = exchange.getRequestURI().getRawQuery().split("=", 2);
        return Map.of(parameter[0], URLDecoder.decode(parameter[1], StandardCharsets.UTF_8))
                .getOrDefault(name, "");
    }
}
