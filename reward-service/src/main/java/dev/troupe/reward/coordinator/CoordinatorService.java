package dev.troupe.reward.coordinator;

import dev.troupe.reward.containment.Containment;
import dev.troupe.reward.environment.Environments;
import dev.troupe.reward.kafka.CoPartitioning;
import dev.troupe.reward.kafka.StreamsClients;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.lifecycle.Service;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.Topology;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The coordinator as a running Kafka Streams client. The topics must be there when it starts. */
public final class CoordinatorService implements Service {

    private static final Logger LOGGER = LoggerFactory.getLogger(CoordinatorService.class);
    private static final Duration CLOSED_WITHIN = Duration.ofSeconds(6);
    private static final Duration BEFORE_REPLACEMENT = Duration.ofSeconds(1);

    private final CoordinatorOptions options;
    private final Environments environments;
    private final KafkaClients clients;
    private final MeterRegistry meters;
    private final PatientCodec codec;
    private final Containment containment;
    private final StreamsGuard guard = new StreamsGuard(InstantSource.system(), BEFORE_REPLACEMENT);
    private volatile @Nullable KafkaStreams streams;

    public CoordinatorService(
            CoordinatorOptions options, Environments environments, KafkaClients clients, MeterRegistry meters) {
        this.options = options;
        this.environments = environments;
        this.clients = clients;
        this.meters = meters;
        this.codec = new PatientCodec(clients.codec(), options.timeouts().registry());
        this.containment = new Containment(options.timeouts().begin(), CoordinatorOptions.BEGIN_TIMEOUT);
    }

    @Override
    public String name() {
        return "coordinator";
    }

    /** @throws dev.troupe.runtime.kafka.ClusterException when the joined topics differ in partitions */
    @Override
    public void start() {
        CoordinatorOptions fitted;
        try {
            fitted = options.withPartitions(CoPartitioning.partitions(clients, CoordinatorTopology.copartitioned()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the topics were looked at", e);
        }
        var metrics = new CoordinatorMetrics(meters);
        metrics.watch(containment);
        Topology topology = CoordinatorTopology.build(fitted, environments, containment, codec, metrics);
        var started = new KafkaStreams(
                topology, StreamsSettings.of(clients.streams(fitted.applicationId()), fitted), new StreamsClients());
        started.setUncaughtExceptionHandler(guard);
        started.setStateListener((now, before) -> LOGGER.atInfo()
                .addKeyValue("from", before)
                .addKeyValue("to", now)
                .log("coordinator state"));
        streams = started;
        started.start();
    }

    @Override
    public void close() {
        KafkaStreams running = streams;
        if (running == null) {
            return;
        }
        streams = null;
        codec.close();
        guard.close();
        // Without leaving the group, the next start would wait for this member's session to time out.
        boolean stopped = running.close(CloseOptions.timeout(CLOSED_WITHIN)
                .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
        if (!stopped) {
            LOGGER.atWarn()
                    .addKeyValue("waited", CLOSED_WITHIN)
                    .log("the coordinator did not close in time; its open transaction will be aborted");
        }
        containment.close();
    }

    @Override
    public boolean live() {
        KafkaStreams running = streams;
        return containment.live() && running != null && !running.state().hasStartedOrFinishedShuttingDown();
    }

    @Override
    public boolean ready() {
        KafkaStreams running = streams;
        return running != null && running.state() == KafkaStreams.State.RUNNING;
    }
}
