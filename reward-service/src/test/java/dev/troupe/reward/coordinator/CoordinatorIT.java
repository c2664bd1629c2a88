package dev.troupe.reward.coordinator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.troupe.local.LocalCluster;
import dev.troupe.reward.environment.Environments;
import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.schemas.MalformedRecordException;
import dev.troupe.schemas.Topic;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.EpisodeGroup;
import dev.troupe.schemas.avro.EpisodeStatus;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The coordinator on a real broker: exactly once over restarts of itself and of the broker. */
class CoordinatorIT {

    private static final int GENERATIONS = 2;
    private static final int KILLS = 2;
    private static final Duration OUTAGE = Duration.ofSeconds(Integer.getInteger("troupe.outage.seconds", 8));

    @TempDir
    private Path dir;

    @ParameterizedTest
    @ValueSource(strings = {"memory", "rocksdb"})
    void everyTaskIsAccountedForOnceOverARestart(String store) {
        try (LocalCluster cluster = LocalCluster.start(dir.resolve("cluster"), 0, 0);
                KafkaClients clients = new KafkaClients(Settings.of(cluster.settings()));
                Players players = new Players(clients)) {
            Set<String> fed = new HashSet<>();
            try (CoordinatorService first = coordinator(clients, store)) {
                players.send(TopicCatalog.MODEL_VERSIONS, "team", Records.version("team", 100));
                fed.addAll(feed(players, "a", 40));
                players.send("tasks", "bad", "not a task".getBytes(UTF_8));
                // Something is done and something is not.
                awaitGroups(clients, 5);
                assertThat(first.ready()).isTrue();
            }
            fed.addAll(feed(players, "b", 10));
            try (CoordinatorService _ = coordinator(clients, store)) {
                awaitGroups(clients, fed.size());
                assertAccounted(clients, fed);
            }
            assertThat(players.dealt()).hasSize(fed.size() * GENERATIONS * 2);
            assertThat(players.dealt().values()).as("nothing was dealt twice").containsOnly(1);
        }
    }

    /** @param maxBlock milliseconds a commit may take: longer than the outage, and shorter */
    @ParameterizedTest
    @ValueSource(strings = {"60000", "2500"})
    void recoversFromAnOutageOfBrokerAndRegistry(String maxBlock) {
        Path home = dir.resolve("cluster");
        LocalCluster cluster = LocalCluster.start(home, 0, 0);
        int brokerPort = URI.create("kafka://" + cluster.bootstrapServers()).getPort();
        int registryPort = URI.create(cluster.registryUrl()).getPort();
        var settings = new HashMap<>(cluster.settings());
        settings.put("kafka.producer.max.block.ms", maxBlock);
        settings.put("kafka.admin.default.api.timeout.ms", "1000");
        settings.put("kafka.admin.request.timeout.ms", "1000");
        try (KafkaClients clients = new KafkaClients(Settings.of(settings));
                Players players = new Players(clients);
                CoordinatorService coordinator = coordinator(clients, "memory")) {
            players.send(TopicCatalog.MODEL_VERSIONS, "team", Records.version("team", 100));
            Set<String> fed = new HashSet<>(feed(players, "a", 10));
            awaitGroups(clients, 3);

            cluster.close();
            // A producer that has lost every broker forgets the topic, and then sending waits for the broker.
            CompletableFuture<List<String>> fedInTheOutage =
                    CompletableFuture.supplyAsync(() -> feed(players, "b", 5), Thread::startVirtualThread);
            await().pollDelay(OUTAGE).atMost(OUTAGE.multipliedBy(2)).until(() -> true);
            cluster = LocalCluster.start(home, brokerPort, registryPort);
            fed.addAll(fedInTheOutage.join());

            awaitGroups(clients, fed.size());
            assertAccounted(clients, fed);
            assertThat(records(clients, TopicCatalog.DEAD_LETTERS))
                    .as("what was known before the outage is known after it")
                    .isEmpty();
            assertThat(coordinator.live()).isTrue();
            assertThat(players.failures()).isEmpty();
        } finally {
            cluster.close();
        }
    }

    @Test
    void everyTaskIsAccountedForOnceOverKills() throws IOException, InterruptedException {
        try (LocalCluster cluster = LocalCluster.start(dir.resolve("cluster"), 0, 0);
                KafkaClients clients = new KafkaClients(Settings.of(cluster.settings()));
                Players players = new Players(clients)) {
            players.send(TopicCatalog.MODEL_VERSIONS, "team", Records.version("team", 100));
            var settings = new HashMap<>(settings("memory"));
            settings.putAll(cluster.settings());
            Set<String> fed = new HashSet<>();
            for (int run = 0; run <= KILLS; run++) {
                int done = all(clients, TopicCatalog.EPISODE_GROUPS).size();
                Process child = CoordinatorChild.start(
                        settings, dir.resolve("child.log").toFile());
                try {
                    fed.addAll(feed(players, "k" + run + "-", 60));
                    awaitGroups(clients, run == KILLS ? fed.size() : done + 5);
                } finally {
                    child.destroyForcibly().waitFor();
                }
            }
            assertAccounted(clients, fed);
            assertThat(players.dealt().values()).as("nothing was dealt twice").containsOnly(1);
        }
    }

    private Map<String, String> settings(String store) {
        return Map.of(
                "coordinator.store",
                store,
                "coordinator.state.dir",
                dir.resolve("streams").toString(),
                "num_generations",
                Integer.toString(GENERATIONS),
                "train.groups.per.step",
                "1000");
    }

    private CoordinatorService coordinator(KafkaClients clients, String store) {
        CoordinatorOptions options = CoordinatorOptions.from(Settings.of(settings(store)));
        var service = new CoordinatorService(
                options, Environments.of(List.of(new TalkEnvironment())), clients, new SimpleMeterRegistry());
        service.start();
        await().atMost(Duration.ofMinutes(1)).until(service::ready);
        return service;
    }

    private static List<String> feed(Players players, String prefix, int count) {
        List<String> ids = IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
        ids.forEach(id -> players.send(
                TopicCatalog.TASKS,
                id,
                Records.task(id)
                        .setNumGenerations(0)
                        .setJointMode(crossed(id) ? "cross" : "aligned")
                        .build()));
        return ids;
    }

    /** Some of every run are. */
    private static boolean crossed(String id) {
        return id.endsWith("3") || id.endsWith("7");
    }

    private static void awaitGroups(KafkaClients clients, int count) {
        await().atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> all(clients, TopicCatalog.EPISODE_GROUPS).size() >= count);
    }

    private static void assertAccounted(KafkaClients clients, Set<String> fed) {
        Map<String, Integer> episodes = new HashMap<>();
        for (Episode episode : all(clients, TopicCatalog.EPISODES)) {
            assertThat(episode.getStatus()).isEqualTo(EpisodeStatus.SCORED);
            episodes.merge(episode.getTaskId() + "/" + episode.getEpisode(), 1, Integer::sum);
        }
        assertThat(episodes)
                .hasSize(fed.stream()
                        .mapToInt(id -> crossed(id) ? GENERATIONS * GENERATIONS : GENERATIONS)
                        .sum());
        assertThat(episodes.values()).containsOnly(1);
        assertThat(all(clients, TopicCatalog.EPISODE_GROUPS))
                .extracting(EpisodeGroup::getTaskId)
                .containsExactlyInAnyOrderElementsOf(fed);
    }

    private static <T extends SpecificRecord> List<T> all(KafkaClients clients, Topic<T> topic) {
        var values = new ArrayList<T>();
        try {
            for (ConsumerRecord<byte[], byte[]> record : records(clients, topic.name())) {
                values.add(clients.codec().decode(topic, record.value()));
            }
        } catch (MalformedRecordException e) {
            throw new AssertionError("a malformed record in " + topic.name(), e);
        }
        return values;
    }

    private static List<ConsumerRecord<byte[], byte[]>> records(KafkaClients clients, String topic) {
        var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        try (Consumer<byte[], byte[]> consumer = clients.consumer("reader", null, Map.of())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }
}
