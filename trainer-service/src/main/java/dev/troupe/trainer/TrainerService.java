package dev.troupe.trainer;

import dev.troupe.runtime.artifact.ArtifactStore;
import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.TopicProvisioner;
import dev.troupe.runtime.lifecycle.Service;
import dev.troupe.trainer.checkpoint.Checkpoints;
import dev.troupe.trainer.fault.StepListener;
import dev.troupe.trainer.kafka.UseLog;
import dev.troupe.trainer.report.ReportOptions;
import dev.troupe.trainer.report.Reports;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Trains teams from {@code episode-groups}: publishes version 0 of policies that have none, then one
 * {@code TrainingStep} and one {@code ModelVersion} for each policy whenever {@code train.groups.per.step} groups have
 * come.
 */
public final class TrainerService implements Service {
    private static final Duration START = Duration.ofSeconds(60);

    private final KafkaClients clients;
    private final UseLog uses;
    private final ArtifactStore store;
    private final List<TeamWorker> workers;
    private final Reports reports;

    public TrainerService(Settings settings, KafkaClients clients, MeterRegistry registry) {
        this(settings, clients, registry, StepListener.NONE);
    }

    /** With somebody who is told of every point of a step, and may end the process there. */
    TrainerService(Settings settings, KafkaClients clients, MeterRegistry registry, StepListener listener) {
        this.clients = clients;
        this.uses = new UseLog(clients);
        TrainerOptions options = TrainerOptions.read(settings);
        List<String> teamIds = options.teams().stream().map(Team::teamId).toList();
        this.reports = new Reports(
                ReportOptions.read(settings, options.artifacts().directory(), System.getenv(), teamIds),
                teamIds,
                clients,
                registry);
        this.store = ArtifactStore.of(options.artifacts());
        var checkpoints = new Checkpoints(store, options.compute(), listener);
        this.workers = options.teams().stream()
                .map(team -> new TeamWorker(
                        team,
                        options,
                        () -> TeamLink.of(clients, team, listener, uses),
                        checkpoints,
                        new TrainerMetrics(registry, team.teamId()),
                        InstantSource.system(),
                        listener))
                .toList();
    }

    @Override
    public String name() {
        return "trainer";
    }

    /** Waits for broker, topics and registry; the exception says what to do when they do not come. */
    @Override
    public void start() {
        try {
            TopicProvisioner.verify(clients, START);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the cluster", e);
        }
        uses.start();
        workers.forEach(TeamWorker::start);
        reports.start();
    }

    /** Ends after the step that has begun, if it ends soon; what is not committed is trained again next time. */
    @Override
    public void close() {
        workers.reversed().forEach(TeamWorker::close);
        uses.close();
        try (store;
                reports) {
            reports.finish(workers.stream().collect(Collectors.toMap(TeamWorker::teamId, TeamWorker::step)));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean live() {
        return workers.stream().allMatch(TeamWorker::live);
    }

    @Override
    public boolean ready() {
        return workers.stream().allMatch(TeamWorker::ready);
    }

    /** Whether every team has reached {@code trainer.max.steps}. */
    public boolean finished() {
        return workers.stream().allMatch(TeamWorker::finished);
    }
}
