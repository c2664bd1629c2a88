package dev.troupe.cli;

import static dev.troupe.schemas.TopicCatalog.DEAD_LETTERS;
import static dev.troupe.schemas.TopicCatalog.EPISODES;
import static dev.troupe.schemas.TopicCatalog.EPISODE_GROUPS;
import static dev.troupe.schemas.TopicCatalog.MODEL_VERSIONS;
import static dev.troupe.schemas.TopicCatalog.TASKS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.troupe.reward.RewardService;
import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.Origin;
import dev.troupe.runtime.kafka.Provisioning;
import dev.troupe.runtime.kafka.TopicReader;
import dev.troupe.runtime.kafka.TopicWriter;
import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.EpisodeGroup;
import dev.troupe.schemas.avro.ModelVersion;
import dev.troupe.schemas.avro.Task;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Coordinator and judges while the broker's container is away in the middle of episodes: nothing is lost or doubled.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
class CoordinatorContainersIT {

    private static final int FED = 30;
    private static final int GENERATIONS = 2;
    private static final Duration PAUSE = Duration.ofSeconds(15);
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private ContainerCluster containers;
    private KafkaClients clients;

    @BeforeAll
    void start() throws Exception {
        containers = ContainerCluster.start();
        containers.provision(new Provisioning(1, (short) 1));
        clients = new KafkaClients(Settings.of(containers.settings()));
        try (var writer = new TopicWriter(clients, "test")) {
            TopicWriter.await(List.of(writer.send(MODEL_VERSIONS, "team", version())));
        }
    }

    @AfterAll
    void stop() {
        if (clients != null) {
            clients.close();
        }
        if (containers != null) {
            containers.close();
        }
    }

    @Test
    void everyTaskIsAccountedForOnceOverAPauseOfTheBroker(@TempDir Path state) throws Exception {
        play("paused-", state, agents -> {
            containers.pauseBroker();
            agents.goOn();
            await().pollDelay(PAUSE).atMost(PAUSE.multipliedBy(2)).until(() -> true);
            containers.resumeBroker();
        });
    }

    @Test
    void everyTaskIsAccountedForOnceOverAKillOfTheBroker(@TempDir Path state) throws Exception {
        play("killed-", state, agents -> {
            containers.killBroker();
            agents.goOn();
            containers.startBroker();
        });
    }

    /** What happens to the broker while agents hold turns. */
    private interface Outage {
        void happen(PausingAgents agents) throws Exception;
    }

    private void play(String prefix, Path state, Outage outage) throws Exception {
        List<String> fed = IntStream.range(0, FED).mapToObj(i -> prefix + i).toList();
        var episodes = new CopyOnWriteArrayList<Episode>();
        var groups = new CopyOnWriteArrayList<EpisodeGroup>();
        try (var service = new RewardService(Settings.of(settings(state)), clients, new SimpleMeterRegistry());
                var episodeReader =
                        new TopicReader<>(clients, prefix, EPISODES, read -> add(prefix, read.value(), episodes));
                var groupReader =
                        new TopicReader<>(clients, prefix, EPISODE_GROUPS, read -> add(prefix, read.value(), groups))) {
            episodeReader.start();
            groupReader.start();
            service.start();
            // About a quarter of all turns: some episodes have ended, some are in their first turn or their second.
            try (var agents = new PausingAgents(clients, 2, FED * GENERATIONS)) {
                feed(fed);
                assertThat(agents.stopped().await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .isTrue();
                assertThat(groups).as("groups that end before the outage").hasSizeLessThan(FED);

                outage.happen(agents);

                await().atMost(PATIENCE).until(() -> groups.size() >= FED);
                assertThat(service.live()).isTrue();
            }
        }
        assertAccounted(fed, episodes, groups);
    }

    private void assertAccounted(List<String> fed, List<Episode> episodes, List<EpisodeGroup> groups) {
        assertThat(groups).extracting(EpisodeGroup::getTaskId).containsExactlyInAnyOrderElementsOf(fed);
        assertThat(groups)
                .allSatisfy(group -> assertThat(group.getEpisodes())
                        .extracting(Episode::getEpisode)
                        .containsExactlyElementsOf(
                                IntStream.range(0, GENERATIONS).boxed().toList()));
        assertThat(groups)
                .flatExtracting(EpisodeGroup::getEpisodes)
                .as("published alone and in its group, once each")
                .containsExactlyInAnyOrderElementsOf(episodes);
        assertThat(episodes).allSatisfy(episode -> {
            switch (episode.getStatus()) {
                case SCORED -> assertThat(episode.getScore()).isNotNull();
                case INCOMPLETE -> assertThat(episode.getReason()).isNotBlank();
            }
        });
        assertThat(letters()).isEmpty();
    }

    private void feed(List<String> ids) throws InterruptedException {
        try (var writer = new TopicWriter(clients, "users")) {
            var sent = new ArrayList<CompletableFuture<Origin>>();
            for (String id : ids) {
                sent.add(writer.send(TASKS, id, task(id)));
            }
            TopicWriter.await(sent);
        }
    }

    private Map<String, String> settings(Path state) {
        Map<String, String> settings = containers.settings();
        settings.put("coordinator.store", "memory");
        settings.put("coordinator.state.dir", state.toString());
        settings.put("num_generations", Integer.toString(GENERATIONS));
        settings.put("train.groups.per.step", "1000");
        return settings;
    }

    private List<ConsumerRecord<byte[], byte[]>> letters() {
        var partition = new TopicPartition(DEAD_LETTERS, 0);
        var letters = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        try (var consumer = clients.consumer("letters", null, Map.of())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(letters::add);
            }
        }
        return letters;
    }

    private static void add(String prefix, Episode episode, List<Episode> episodes) {
        if (episode.getTaskId().startsWith(prefix)) {
            episodes.add(episode);
        }
    }

    private static void add(String prefix, EpisodeGroup group, List<EpisodeGroup> groups) {
        if (group.getTaskId().startsWith(prefix)) {
            groups.add(group);
        }
    }

    private static Task task(String id) {
        return Task.newBuilder()
                .setTaskId(id)
                .setEnvironment("coding")
                .setPrompt("add up what is positive")
                .setFields(Map.of("test", "assert main([1, -2, 3]) == 4"))
                .setMaxTurns(2)
                .build();
    }

    private static ModelVersion version() {
        return ModelVersion.newBuilder()
                .setPolicyId("team")
                .setVersion(0)
                .setTeamId("team")
                .setArtifactUri("file:/nowhere")
                .setFiles(List.of())
                .setTrainingStep(0)
                .setCreatedAt(0)
                .build();
    }
}
