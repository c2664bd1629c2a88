package dev.troupe.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.troupe.local.LocalBroker;
import dev.troupe.local.LocalRegistry;
import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.ClusterException;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.Provisioning;
import dev.troupe.runtime.kafka.TopicProvisioner;
import dev.troupe.runtime.lifecycle.Lifecycle;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * Broker and registry are away when the services start, and go away while they work. The property
 * {@code troupe.test.outage.seconds} makes the outages longer.
 */
@Timeout(300)
class OutageIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration OUTAGE = Duration.ofSeconds(Long.getLong("troupe.test.outage.seconds", 8));

    @TempDir
    Path directory;

    private final Waits waits = new Waits();

    /** What the log said it waits for. */
    private static final class Waits extends AppenderBase<ILoggingEvent> {
        private final Collection<String> named = new ConcurrentLinkedQueue<>();

        @Override
        protected void append(ILoggingEvent event) {
            if (event.getMessage().equals("waiting") && event.getKeyValuePairs() != null) {
                event.getKeyValuePairs().stream()
                        .filter(pair -> pair.key.equals("waitingFor"))
                        .forEach(pair -> named.add(String.valueOf(pair.value)));
            }
        }

        void await(String what) {
            org.awaitility.Awaitility.await("log of waiting for " + what)
                    .atMost(PATIENCE)
                    .until(() -> named.contains(what));
        }
    }

    @BeforeEach
    void listen() {
        waits.start();
        ((Logger) LoggerFactory.getLogger("dev.troupe")).addAppender(waits);
    }

    @AfterEach
    void stopListening() {
        ((Logger) LoggerFactory.getLogger("dev.troupe")).detachAppender(waits);
    }

    @Test
    void servicesWaitForTheClusterAndLoseNothingWhileItIsAway() throws Exception {
        int brokerPort = freePort();
        int registryPort = freePort();
        Map<String, String> addresses = Map.of(
                "kafka.bootstrap.servers", "127.0.0.1:" + brokerPort,
                "schema.registry.url", "http://127.0.0.1:" + registryPort,
                "artifacts.dir", directory.resolve("artifacts").toString());
        var tools = new StandardTools(addresses);
        var settings = Settings.of(settings(addresses));
        var meters = new SimpleMeterRegistry();
        try (var clients = new KafkaClients(settings, meters)) {
            Lifecycle services = LocalStack.services(settings, clients, meters);
            settings.check();
            var started = new CompletableFuture<Boolean>();
            Thread.ofPlatform().start(() -> {
                try {
                    services.start();
                    started.complete(true);
                } catch (IllegalStateException | ClusterException e) {
                    started.completeExceptionally(e);
                }
            });
            waits.await("topics");
            assertThatThrownBy(() -> TopicProvisioner.verify(clients, Duration.ofMillis(1)))
                    .isInstanceOf(ClusterException.class)
                    .hasMessageContaining("no broker answers at 127.0.0.1:" + brokerPort);

            LocalBroker broker = LocalBroker.start(directory.resolve("kafka"), brokerPort);
            LocalRegistry registry = null;
            try {
                assertThatThrownBy(() -> provision(clients))
                        .isInstanceOf(ClusterException.class)
                        .hasMessageContaining("schema registry at http://127.0.0.1:" + registryPort);
                waits.await("schema registry");
                assertThat(started).isNotDone();
                registry = LocalRegistry.start(broker.bootstrapServers(), registryPort);
                provision(clients);
                assertThat(started.get(60, TimeUnit.SECONDS)).isTrue();
                // Nothing is dealt, and so nothing waits, before the team has a version.
                tools.records("model-versions", PATIENCE, read -> !read.isEmpty());

                registry.close();
                long since = System.nanoTime();
                List<String> first = feed(tools, "registry", 3);
                waits.named.clear();
                waits.await("schema registry");
                awaitOutage(since);
                registry = LocalRegistry.start(broker.bootstrapServers(), registryPort);
                assertScoredOnce(tools, first);

                List<String> second = feed(tools, "broker", 4);
                tools.records(
                        "turns",
                        PATIENCE,
                        read -> read.getLast().get("taskId").toString().startsWith("broker"));
                waits.named.clear();
                broker.close();
                since = System.nanoTime();
                awaitOutage(since);
                broker = LocalBroker.start(directory.resolve("kafka"), brokerPort);
                assertScoredOnce(tools, second);
                assertScoredOnce(tools, feed(tools, "after", 1));
                assertTrainedOnce(tools, 8);
                assertThat(services.live()).as("all services live").isTrue();
            } finally {
                services.close();
                if (registry != null) {
                    registry.close();
                }
                broker.close();
            }
        }
    }

    private Map<String, String> settings(Map<String, String> addresses) throws IOException {
        var settings = new TreeMap<>(SmallStack.settings(directory));
        settings.keySet().removeIf(key -> key.startsWith("benchmark") || key.startsWith("evaluator"));
        settings.put("coordinator.state.dir", directory.resolve("streams").toString());
        settings.putAll(addresses);
        return settings;
    }

    private static void provision(KafkaClients clients) throws InterruptedException {
        try (Admin admin = clients.admin("outage-test")) {
            TopicProvisioner.apply(admin, clients, new Provisioning(1, (short) 1));
        }
    }

    private static List<String> feed(StandardTools tools, String name, int count) throws Exception {
        List<String> ids =
                IntStream.range(0, count).mapToObj(i -> name + "-" + i).toList();
        for (int i = 0; i < count; i++) {
            tools.text("tasks", ids.get(i), SmallStack.task(ids.get(i), 30 + i));
        }
        return ids;
    }

    private static void awaitOutage(long since) {
        await().atMost(OUTAGE.plusSeconds(5)).until(() -> System.nanoTime() - since > OUTAGE.toNanos());
    }

    /** Every episode of every task has come, with a score, and none came twice. */
    private static void assertScoredOnce(StandardTools tools, List<String> ids) {
        List<GenericRecord> episodes = tools.records(
                "episodes",
                PATIENCE,
                read -> ids.stream()
                        .allMatch(id -> read.stream()
                                        .filter(episode ->
                                                episode.get("taskId").toString().equals(id))
                                        .count()
                                >= SmallStack.GROUP));
        Map<String, List<String>> byTask = episodes.stream()
                .collect(Collectors.groupingBy(
                        episode -> episode.get("taskId").toString(),
                        Collectors.mapping(episode -> episode.get("status").toString(), Collectors.toList())));
        assertThat(ids).allSatisfy(id -> assertThat(byTask.get(id)).as(id).containsExactly("SCORED", "SCORED"));
    }

    private static void assertTrainedOnce(StandardTools tools, int tasks) {
        List<GenericRecord> steps = tools.records("training-steps", PATIENCE, read -> read.size() >= tasks);
        assertThat(steps).extracting(step -> step.get("step")).doesNotHaveDuplicates();
    }

    private static int freePort() throws IOException {
        try (var probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }
}
