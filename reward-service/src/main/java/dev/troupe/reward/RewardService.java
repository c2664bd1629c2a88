package dev.troupe.reward;

import dev.troupe.reward.coordinator.CoordinatorOptions;
import dev.troupe.reward.coordinator.CoordinatorService;
import dev.troupe.reward.environment.Environments;
import dev.troupe.reward.intake.kafka.IntakeService;
import dev.troupe.reward.judge.JudgeOptions;
import dev.troupe.reward.judge.JudgeWorkers;
import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.TopicProvisioner;
import dev.troupe.runtime.lifecycle.Lifecycle;
import dev.troupe.runtime.lifecycle.Service;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;

/** The environment's side: deals tasks into episodes, joins what the roles do, judges, scores, closes groups. */
public final class RewardService implements Service {

    private static final Duration CLUSTER_WITHIN = Duration.ofSeconds(60);

    private final KafkaClients clients;
    private final Lifecycle parts;

    /**
     * Reads {@code reward.parts}, and {@code coordinator.*} and {@code judge.*} even of a part that is not run here, so
     * that all processes may share their settings; starts nothing.
     */
    public RewardService(Settings settings, KafkaClients clients, MeterRegistry meters) {
        this.clients = clients;
        Environments environments = Environments.load();
        JudgeOptions judges = JudgeOptions.of(settings);
        CoordinatorOptions coordinator = CoordinatorOptions.from(settings);
        this.parts = new Lifecycle(RewardPart.of(settings).stream()
                .<Service>map(part -> switch (part) {
                    case JUDGES -> new JudgeWorkers(clients, environments, judges);
                    case COORDINATOR -> new CoordinatorService(coordinator, environments, clients, meters);
                    case INTAKE -> new IntakeService(clients);
                })
                .toList());
    }

    @Override
    public String name() {
        return "reward-service";
    }

    /**
     * Waits for broker, topics and registry, starts judges, coordinator and intake, as far as they run here.
     *
     * @throws dev.troupe.runtime.kafka.ClusterException when the cluster is not there within a minute, with what to run
     */
    @Override
    public void start() {
        try {
            TopicProvisioner.verify(clients, CLUSTER_WITHIN);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the cluster", e);
        }
        parts.start();
    }

    /** Stops the coordinator before the judges: what judges still publish is read after the next start. */
    @Override
    public void close() {
        parts.close();
    }

    @Override
    public boolean live() {
        return parts.live();
    }

    /** Whether all parts that run here do: the coordinator, the judges with their sandboxes. */
    @Override
    public boolean ready() {
        return parts.ready();
    }
}
