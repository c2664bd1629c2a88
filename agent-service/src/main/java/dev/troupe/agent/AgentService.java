package dev.troupe.agent;

import dev.troupe.agent.decode.Decoder;
import dev.troupe.agent.openai.OpenAiPolicyLoader;
import dev.troupe.agent.openai.OpenAiServers;
import dev.troupe.agent.policy.ArtifactPolicyLoader;
import dev.troupe.agent.policy.HotLoader;
import dev.troupe.agent.policy.PolicyLoader;
import dev.troupe.agent.policy.PolicyMetrics;
import dev.troupe.agent.policy.PolicyRegistry;
import dev.troupe.agent.policy.PolicySource;
import dev.troupe.agent.policy.RandomPolicy;
import dev.troupe.agent.policy.RandomPolicyOptions;
import dev.troupe.agent.turn.TurnHandler;
import dev.troupe.agent.turn.TurnMetrics;
import dev.troupe.agent.turn.TurnPlayer;
import dev.troupe.runtime.artifact.ArtifactStore;
import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.TopicProvisioner;
import dev.troupe.runtime.kafka.TopicReader;
import dev.troupe.runtime.kafka.TopicWriter;
import dev.troupe.runtime.kafka.WorkQueue;
import dev.troupe.runtime.kafka.WorkQueueOptions;
import dev.troupe.runtime.lifecycle.Service;
import dev.troupe.schemas.RegistryUnavailableException;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.ModelActivation;
import dev.troupe.schemas.avro.ModelRoute;
import dev.troupe.schemas.avro.ModelVersion;
import dev.troupe.schemas.avro.Turn;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plays roles: takes turns from the work queue, samples them with the newest versions of their policies, publishes
 * messages and actions, and reports what it serves.
 */
public final class AgentService implements Service {
    private static final Logger LOGGER = LoggerFactory.getLogger(AgentService.class);

    private static final Duration START = Duration.ofSeconds(60);

    private final KafkaClients clients;
    private final AgentOptions options;
    private final TopicWriter writer;
    private final ArtifactStore artifacts;
    private final PolicyRegistry registry;
    private final Decoder decoder;
    private final PolicyLoader loader;
    private final Optional<OpenAiServers> servers;
    private final HotLoader hotLoader;
    private final TopicReader<ModelRoute> routes;
    private final TopicReader<ModelVersion> versions;
    private final PolicySource source;
    private final List<WorkQueue<Turn>> queues;
    private final AtomicBoolean started = new AtomicBoolean();

    public AgentService(Settings settings, KafkaClients clients, MeterRegistry meters) {
        InstantSource clock = InstantSource.system();
        this.clients = clients;
        options = AgentOptions.read(settings);
        writer = new TopicWriter(clients, options.agentId());
        artifacts = ArtifactStore.of(options.artifacts());
        registry = new PolicyRegistry(options.otherVersions());
        decoder = new Decoder(options.decode(), meters, clock);
        servers = options.openai().map(openai -> new OpenAiServers(openai, meters, clock));
        loader = loader(options, artifacts, decoder, servers);
        var policyMetrics = new PolicyMetrics(meters);
        hotLoader = new HotLoader(options.agentId(), registry, loader, this::report, policyMetrics, clock);
        routes = new TopicReader<>(
                clients, options.agentId(), TopicCatalog.MODEL_ROUTES, record -> hotLoader.route(record.value()));
        versions = new TopicReader<>(
                clients, options.agentId(), TopicCatalog.MODEL_VERSIONS, record -> hotLoader.announce(record.value()));
        source = new PolicySource(registry, loader, policyMetrics, clock);
        var turnMetrics = new TurnMetrics(meters);
        var player = new TurnPlayer(options.agentId(), options.completionLength(), turnMetrics, clock);
        queues = IntStream.range(0, options.workers())
                .mapToObj(_ -> WorkQueue.of(
                        clients,
                        TopicCatalog.AGENTS_GROUP,
                        TopicCatalog.TURNS,
                        new WorkQueueOptions(
                                options.batch(), options.lock(), options.deliveryLimit(), options.protocol()),
                        new TurnHandler(source, player, writer::send, turnMetrics, clock, options.policyWait())))
                .toList();
    }

    private static PolicyLoader loader(
            AgentOptions options, ArtifactStore artifacts, Decoder decoder, Optional<OpenAiServers> servers) {
        if (options.random().isPresent()) {
            RandomPolicyOptions random = options.random().get();
            return _ -> () -> new RandomPolicy(random);
        }
        return servers.<PolicyLoader>map(sampling -> new OpenAiPolicyLoader(
                        sampling, artifacts, options.artifacts().directory()))
                .orElseGet(() -> new ArtifactPolicyLoader(artifacts, options.compute(), decoder));
    }

    @Override
    public String name() {
        return options.agentId();
    }

    /** Waits for broker, topics and registry; the exception says what to do when they do not come. */
    @Override
    public void start() {
        try {
            TopicProvisioner.verify(clients, START);
            started.set(true);
            // First: what is pinned must not be passed over while the versions are read.
            routes.start();
            if (!routes.awaitCaughtUp(START)) {
                throw new IllegalStateException("model-routes could not be read within " + START);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the cluster", e);
        }
        if (options.random().isPresent()) {
            LOGGER.atWarn().log("agent.policy is random: turns are played with random letters, not with the policies");
        }
        decoder.start();
        hotLoader.start();
        versions.start();
        queues.forEach(WorkQueue::start);
    }

    /** Releases turns in flight to other agents, then frees the policies. */
    @Override
    public void close() {
        if (started.compareAndSet(true, false)) {
            stop();
        }
        writer.close();
        source.close();
        registry.close();
        loader.close();
        artifacts.close();
        servers.ifPresent(OpenAiServers::close);
    }

    private void stop() {
        queues.reversed().forEach(WorkQueue::close);
        versions.close();
        routes.close();
        hotLoader.close();
        decoder.close();
    }

    @Override
    public boolean live() {
        return decoder.live()
                && hotLoader.live()
                && routes.live()
                && versions.live()
                && queues.stream().allMatch(WorkQueue::live);
    }

    @Override
    public boolean ready() {
        return routes.ready() && versions.ready() && queues.stream().allMatch(WorkQueue::ready);
    }

    /** It is a report: when it cannot be written, serving goes on and the log says so. */
    @SuppressWarnings("FutureReturnValueIgnored")
    private void report(ModelActivation activation) {
        try {
            writer.send(TopicCatalog.MODEL_ACTIVATIONS, activation.getAgentId(), activation)
                    .whenComplete((_, error) -> {
                        if (error != null) {
                            notReported(activation, error);
                        }
                    });
        } catch (RegistryUnavailableException e) {
            notReported(activation, e);
        }
    }

    private static void notReported(ModelActivation activation, Throwable error) {
        LOGGER.atWarn()
                .addKeyValue("policyVersion", activation.getVersion())
                .addKeyValue("error", error.toString())
                .log("activation was not reported");
    }
}
