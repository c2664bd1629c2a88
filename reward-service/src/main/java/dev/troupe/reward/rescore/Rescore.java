package dev.troupe.reward.rescore;

import static dev.troupe.schemas.TopicCatalog.EPISODES;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.troupe.reward.coordinator.CoordinatorOptions;
import dev.troupe.reward.environment.Environment;
import dev.troupe.reward.environment.Environments;
import dev.troupe.reward.judge.JudgeOptions;
import dev.troupe.reward.judge.LocalJudge;
import dev.troupe.reward.rescore.Rejudging.Verdict;
import dev.troupe.reward.rescore.kafka.RescoredWriter;
import dev.troupe.reward.sandbox.SandboxUnavailableException;
import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.ScanRange;
import dev.troupe.runtime.kafka.TopicScan;
import dev.troupe.schemas.avro.Episode;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run: reads the episodes of a time, judges each again in this process and writes it to {@code rescored-episodes}.
 * The originals stay as they are. A run that is cut off leaves what it wrote under its id; another run writes all of it
 * again under another.
 */
public final class Rescore {

    private static final Logger LOGGER = LoggerFactory.getLogger(Rescore.class);
    private static final String CLIENT = "troupe-rescore";

    private final Environments environments;
    private final CoordinatorOptions coordinator;
    private final JudgeOptions judging;

    /** Reads {@code coordinator.*}, {@code sampling.*} and {@code judge.*}: what the reward service runs with. */
    public Rescore(Settings settings, Environments environments) {
        this.environments = environments;
        this.coordinator = CoordinatorOptions.from(settings);
        this.judging = JudgeOptions.of(settings);
    }

    /** Hears how far a run has come. */
    @FunctionalInterface
    public interface Progress {
        /**
         * Told after every episode that was looked at.
         *
         * @param rejudged episodes with a new score so far
         * @param read share of the topic, from the instant asked for, that has been read, 0 to 1
         */
        void at(int rejudged, double read);
    }

    /**
     * Runs.
     *
     * @param runId names the run in every record it writes
     * @throws IllegalArgumentException when an environment of the request is not installed
     * @throws SandboxUnavailableException when the judge needs a sandbox and none holds; what was written stays
     * @throws dev.troupe.runtime.kafka.ClusterException when a topic cannot be read or written
     */
    public RescoreReport run(KafkaClients clients, RescoreRequest request, String runId, Progress progress)
            throws SandboxUnavailableException, InterruptedException {
        Environment environment = installed(request.environment());
        Environment judgedBy = installed(request.judge());
        var scan = new TopicScan(clients, CLIENT);
        AcceptedTasks tasks = AcceptedTasks.read(scan, request.environment());
        LOGGER.atInfo()
                .addKeyValue("runId", runId)
                .addKeyValue("request", request)
                .log("rescoring");
        var tally = new Tally(runId, request);
        try (var judge = new LocalJudge(CLIENT, environments, judging, clients.meters());
                var writer = new RescoredWriter(clients, CLIENT, provenance(request, runId))) {
            var rejudging = new Rejudging(environment, judgedBy, coordinator, request.weights(), judge);
            var unreadable = new AtomicLong();
            // Records are stamped when their episode ends or later, so none that is asked for lies before.
            var range = new ScanRange.Since(request.from());
            scan.<Episode, SandboxUnavailableException>decoded(EPISODES, range, (_, value, read) -> {
                if (value.isEmpty()) {
                    unreadable.incrementAndGet();
                    return;
                }
                Episode episode = value.get();
                if (!tally.concerns(episode)) {
                    return;
                }
                Verdict verdict = rejudging.judge(episode, tasks.find(episode.getTaskId(), episode.getStartedAt()));
                tally.add(episode, verdict);
                if (request.publish() && verdict instanceof Verdict.Rescored(Episode rescored)) {
                    writer.send(rescored);
                }
                progress.at(tally.rejudged(), read);
            });
            writer.flush();
            return tally.report(unreadable.get());
        }
    }

    private Environment installed(String name) {
        return environments
                .find(name)
                .orElseThrow(() -> new IllegalArgumentException(
                        "no environment is named '%s'; there are %s".formatted(name, environments)));
    }

    private static String provenance(RescoreRequest request, String runId) {
        ObjectNode json = new ObjectMapper()
                .createObjectNode()
                .put("run", runId)
                .put("environment", request.environment())
                .put("judge", request.judge());
        ObjectNode weights = json.putObject("weights");
        request.weights().changed().forEach(weights::put);
        return json.toString();
    }
}
