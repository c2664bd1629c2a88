package dev.troupe.reward.coordinator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.troupe.local.LocalCluster;
import dev.troupe.reward.environment.Environments;
import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.Provisioning;
import dev.troupe.runtime.kafka.TopicReader;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.EpisodeGroup;
import dev.troupe.schemas.avro.Turn;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pacing over several partitions and two stream threads on a real broker. */
class PacingIT {

    private static final int PARTITIONS = 4;
    private static final int HOME = partition("team");
    private static final int MAX_STALENESS = 1;
    private static final int GROUPS_PER_STEP = 4;

    /** Many ticks and commits of the coordinator. What it says again later it also says after a restart, at once. */
    private static final Duration STILL = Duration.ofSeconds(1);

    @TempDir
    private Path dir;

    private LocalCluster cluster;
    private KafkaClients clients;
    private Players players;
    private TopicReader<Turn> turnReader;
    private TopicReader<EpisodeGroup> groupReader;
    private final List<Turn> turns = new CopyOnWriteArrayList<>();
    private final List<String> groups = new CopyOnWriteArrayList<>();

    @BeforeEach
    void start() {
        cluster = LocalCluster.start(dir.resolve("cluster"), 0, 0, new Provisioning(PARTITIONS, (short) 1));
        var settings = new HashMap<>(cluster.settings());
        settings.put("kafka.num.stream.threads", "2");
        clients = new KafkaClients(Settings.of(settings));
        players = new Players(clients);
        turnReader = new TopicReader<>(clients, "turns", TopicCatalog.TURNS, row -> turns.add(row.value()));
        groupReader = new TopicReader<>(
                clients,
                "groups",
                TopicCatalog.EPISODE_GROUPS,
                row -> groups.add(row.value().getTaskId()));
        turnReader.start();
        groupReader.start();
        players.send(TopicCatalog.MODEL_VERSIONS, "team", Records.version("team", 0));
    }

    @AfterEach
    void stop() {
        groupReader.close();
        turnReader.close();
        players.close();
        clients.close();
        cluster.close();
    }

    @Test
    void whatTheVersionsAllowIsDealtWhereverItWaits() {
        int capacity = (MAX_STALENESS + 1) * GROUPS_PER_STEP;
        List<String> everywhere = ids("t", 32, _ -> true);
        // The case that a share of the capacity for each partition starves: none of them ever has a whole step.
        List<String> inOne = ids("u", 12, partition -> partition == (HOME + 1) % PARTITIONS);
        List<String> fed = Stream.of(everywhere, inOne).flatMap(List::stream).toList();
        try (CoordinatorService _ = coordinator()) {
            feed(everywhere);
            awaitStill(capacity);
        }
        try (CoordinatorService _ = coordinator()) {
            awaitStill(capacity);
            try (FakeTrainer _ = new FakeTrainer(clients, players, GROUPS_PER_STEP).start()) {
                await().atMost(Duration.ofSeconds(60)).until(() -> groups.size() >= everywhere.size());
                feed(inOne);
                await().atMost(Duration.ofSeconds(60)).until(() -> groups.size() >= fed.size());
            }
        }
        assertThat(groups).containsExactlyInAnyOrderElementsOf(fed);
        assertThat(players.dealt().values()).as("nothing was dealt twice").containsOnly(1);
        for (int partition = 0; partition < PARTITIONS; partition++) {
            int here = partition;
            assertThat(dealt(here))
                    .as("in order of arrival at partition %d", here)
                    .containsExactlyElementsOf(
                            fed.stream().filter(id -> partition(id) == here).toList());
        }
    }

    /** Exactly so many groups are there, all closed, and no more come. */
    private void awaitStill(int count) {
        await().atMost(Duration.ofSeconds(30)).until(() -> groups.size() == count);
        await().during(STILL)
                .atMost(STILL.plusSeconds(10))
                .until(() -> turns.stream().map(Turn::getTaskId).distinct().count() == count);
        assertThat(groups).hasSize(count);
    }

    private CoordinatorService coordinator() {
        CoordinatorOptions options = CoordinatorOptions.from(Settings.of(Map.of(
                "coordinator.store",
                "memory",
                "coordinator.state.dir",
                dir.resolve("streams").toString(),
                "num_generations",
                "1",
                "train.groups.per.step",
                Integer.toString(GROUPS_PER_STEP),
                "train.max.staleness",
                Integer.toString(MAX_STALENESS))));
        var service = new CoordinatorService(
                options, Environments.of(List.of(new TalkEnvironment())), clients, new SimpleMeterRegistry());
        service.start();
        await().atMost(Duration.ofMinutes(1)).until(service::ready);
        return service;
    }

    private void feed(List<String> ids) {
        ids.forEach(id -> players.send(TopicCatalog.TASKS, id, Records.task(id).build()));
    }

    /** Tasks dealt in a partition, in order. */
    private List<String> dealt(int partition) {
        return turns.stream()
                .map(Turn::getTaskId)
                .filter(id -> partition(id) == partition)
                .distinct()
                .toList();
    }

    private static List<String> ids(String prefix, int count, IntPredicate partition) {
        return IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> prefix + i)
                .filter(id -> partition.test(partition(id)))
                .limit(count)
                .toList();
    }

    private static int partition(String key) {
        return Utils.toPositive(Utils.murmur2(key.getBytes(UTF_8))) % PARTITIONS;
    }
}
