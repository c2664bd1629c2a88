package dev.troupe.cli.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.troupe.schemas.avro.Evaluation;
import dev.troupe.schemas.avro.Metric;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What the demonstration found.
 *
 * @param environment coding or writing
 * @param seed of the run
 * @param wallSeconds from the start of the broker to the last evaluation
 * @param modelVersions versions of the team's policy that were published after version 0
 * @param versionsPlayed versions that drew tokens of at least one training episode of the team
 * @param arms evaluations of the four contestants
 */
record Report(
        String environment,
        long seed,
        double wallSeconds,
        int modelVersions,
        int versionsPlayed,
        Map<Arm, Evaluation> arms) {

    private static final List<String> COSTS = List.of("criticalPathTokens", "wallMillisPerTask", "messageTokens");

    Report {
        arms = Map.copyOf(arms);
    }

    Measure measure() {
        return Measure.of(environment);
    }

    Optional<Metric> metric(Arm arm, String name) {
        return Optional.ofNullable(arms.get(arm))
                .map(evaluation -> evaluation.getMetrics().get(name));
    }

    /** The table that is printed at the end. */
    String table() {
        var table = new StringBuilder();
        line(table, "", measure().label() + " (95 %)", "critical-path tokens", "ms per task", "message tokens");
        for (Arm arm : Arm.values()) {
            line(
                    table,
                    arm.label(),
                    metric(arm, measure().evaluationMetric()).map(Report::share).orElse("-"),
                    cost(arm, "criticalPathTokens"),
                    cost(arm, "wallMillisPerTask"),
                    cost(arm, "messageTokens"));
        }
        table.append(String.format(
                Locale.ROOT,
                "%n%d model versions published, %d of them played while training; %.0f s in all%n",
                modelVersions,
                versionsPlayed,
                wallSeconds));
        return table.toString();
    }

    void writeJson(Path file) throws IOException {
        var mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
        ObjectNode json = mapper.createObjectNode();
        json.put("environment", environment);
        json.put("seed", seed);
        json.put("wallSeconds", wallSeconds);
        json.put("modelVersions", modelVersions);
        json.put("versionsPlayed", versionsPlayed);
        for (Arm arm : Arm.values()) {
            ObjectNode values = json.putObject(arm.key());
            metric(arm, measure().evaluationMetric())
                    .ifPresent(metric -> values.put(measure().evaluationMetric(), metric.getMean()));
            for (String cost : COSTS) {
                metric(arm, cost).ifPresent(metric -> values.put(cost, metric.getMean()));
            }
        }
        mapper.writeValue(file.toFile(), json);
    }

    private String cost(Arm arm, String name) {
        return metric(arm, name)
                .map(metric -> String.format(Locale.ROOT, "%.1f", metric.getMean()))
                .orElse("-");
    }

    private static String share(Metric metric) {
        return String.format(
                Locale.ROOT,
                "%.1f %% [%.1f, %.1f]",
                100 * metric.getMean(),
                100 * metric.getLow(),
                100 * metric.getHigh());
    }

    private static void line(StringBuilder table, String... cells) {
        table.append(String.format(
                Locale.ROOT, "%-26s %-24s %-22s %-14s %s%n", cells[0], cells[1], cells[2], cells[3], cells[4]));
    }
}
