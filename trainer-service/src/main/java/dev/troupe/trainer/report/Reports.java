package dev.troupe.trainer.report;

import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.TopicReader;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.TrainingStep;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows the training steps at every target. They come from the topic, not from the trainer: what is shown is committed,
 * and what a kill or an outage left out follows. Each target has a reader of its own, so that one that is down holds up
 * nobody.
 */
public final class Reports implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Reports.class);
    private static final String FAILURES = "troupe.trainer.report.failures";
    /** What is not shown by then follows at the next start. */
    private static final Duration LAST_STEPS = Duration.ofSeconds(2);

    private final List<Report> reports;

    /** A target and its reader. */
    private record Report(TargetReport target, TopicReader<TrainingStep> reader) {}

    /** @param teamIds teams that are shown */
    public Reports(ReportOptions options, List<String> teamIds, KafkaClients clients, MeterRegistry meters) {
        this.reports = options.to().stream()
                .sorted()
                .map(target -> {
                    var counter = meters.counter(FAILURES, "target", target.label());
                    var report = new TargetReport(target, sinks(target, options, teamIds), counter::increment);
                    return new Report(
                            report,
                            new TopicReader<>(
                                    clients,
                                    "troupe-trainer-report-" + target.label(),
                                    TopicCatalog.TRAINING_STEPS,
                                    report));
                })
                .toList();
    }

    private static Map<String, StepSink> sinks(ReportTarget target, ReportOptions options, List<String> teamIds) {
        return teamIds.stream()
                .distinct()
                .collect(Collectors.toMap(
                        Function.identity(), teamId -> sink(target, options, directory(options, teamId), teamId)));
    }

    private static StepSink sink(ReportTarget target, ReportOptions options, Path directory, String teamId) {
        return switch (target) {
            case JSONL -> new JsonLinesSink(directory);
            case TENSORBOARD -> new TensorBoardSink(directory);
            case MLFLOW -> new MlFlowSink(options.mlflow(), directory, teamId);
        };
    }

    /** A team's id may be no name for a folder; {@code ..} is not one either. */
    private static Path directory(ReportOptions options, String teamId) {
        String name = URLEncoder.encode(teamId, StandardCharsets.UTF_8);
        return options.directory().resolve(name.startsWith(".") ? "%2E" + name.substring(1) : name);
    }

    public void start() {
        reports.forEach(report -> report.reader().start());
    }

    /**
     * Waits a moment until the last steps are shown.
     *
     * @param steps last committed step of each team
     */
    public void finish(Map<String, Long> steps) throws InterruptedException {
        long deadline = System.nanoTime() + LAST_STEPS.toNanos();
        for (Report report : reports) {
            for (var last : steps.entrySet()) {
                var left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
                if (!report.target().await(last.getKey(), last.getValue(), left)) {
                    LOGGER.atWarn()
                            .addKeyValue("teamId", last.getKey())
                            .addKeyValue("step", last.getValue())
                            .addKeyValue("reader", report.reader().name())
                            .log("not all steps are shown yet; what is missing follows at the next start");
                }
            }
        }
    }

    @Override
    public void close() {
        for (Report report : reports.reversed()) {
            report.reader().close();
            report.target().close();
        }
    }
}
