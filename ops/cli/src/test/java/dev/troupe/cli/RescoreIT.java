package dev.troupe.cli;

import static dev.troupe.schemas.TopicCatalog.EPISODES;
import static dev.troupe.schemas.TopicCatalog.RESCORED_EPISODES;
import static dev.troupe.schemas.TopicCatalog.TASKS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.troupe.local.LocalCluster;
import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.TopicReader;
import dev.troupe.runtime.kafka.TopicWriter;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.EpisodeStatus;
import dev.troupe.schemas.avro.EpisodeStep;
import dev.troupe.schemas.avro.FinishReason;
import dev.troupe.schemas.avro.Purpose;
import dev.troupe.schemas.avro.Score;
import dev.troupe.schemas.avro.Task;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code troupe rescore} as a person uses it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class RescoreIT {

    @TempDir
    private Path dir;

    private LocalCluster cluster;
    private KafkaClients clients;

    private record Answer(int code, String out, String err) {}

    @BeforeAll
    void start(@TempDir Path home) throws Exception {
        cluster = LocalCluster.start(home, 0, 0);
        clients = new KafkaClients(Settings.of(cluster.settings()));
        Task task = Task.newBuilder()
                .setTaskId("t")
                .setEnvironment("writing")
                .setPrompt("Cheese.")
                .build();
        try (var writer = new TopicWriter(clients, "test")) {
            TopicWriter.await(List.of(
                    writer.send(TASKS, "t", task),
                    writer.send(EPISODES, "t", episode("t", 0, 10, 0.25)),
                    writer.send(EPISODES, "t", episode("t", 1, 20, 0.75)),
                    writer.send(EPISODES, "old", episode("old", 0, 20, 0.75))));
        }
    }

    @AfterAll
    void stop() {
        clients.close();
        cluster.close();
    }

    @Test
    void printsAndPublishesWhatChanges() throws Exception {
        Path file = dir.resolve("report.json");

        Answer answer =
                rescore("--environment", "writing", "--from", "1h", "--weights", "speed=1", "--json", file.toString());

        assertThat(answer.err()).isEmpty();
        assertThat(answer.code()).isZero();
        JsonNode json = new ObjectMapper().readTree(file.toFile());
        assertThat(json.at("/teams/team/bestChanged").asInt()).isEqualTo(1);
        assertThat(json.at("/teams/team/meanKendallTauB").asDouble()).isEqualTo(-1);
        assertThat(json.at("/leftOut/TASK_EXPIRED/first").asText()).startsWith("old/0: ");
        assertThat(answer.out())
                .contains("2 episodes of writing judged again by writing, weights speed=1.0")
                .contains("published as run " + json.at("/run").asText())
                .contains("left out: 1 whose task has expired");
        assertThat(published()).extracting(Episode::getEpisode).containsExactly(0, 1);
    }

    @Test
    void nothingFoundIsAFailureThatSaysWhatWasLookedFor() {
        Answer answer = rescore("--environment", "coding", "--from", "1h", "--team", "reds", "--dry-run");

        assertThat(answer.code()).isEqualTo(1);
        assertThat(answer.err())
                .startsWith("troupe: no episode of environment 'coding' and team 'reds' ended between ")
                .contains("(3 of others did)");
        assertThat(answer.err().lines()).hasSize(1);
    }

    private Answer rescore(String... arguments) {
        var all = new ArrayList<>(List.of("rescore"));
        all.addAll(List.of(arguments));
        for (String key : List.of("kafka.bootstrap.servers", "schema.registry.url")) {
            all.addAll(List.of("--set", key + "=" + cluster.settings().get(key)));
        }
        var out = new StringWriter();
        var err = new StringWriter();
        int code = Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(all.toArray(String[]::new));
        return new Answer(code, out.toString(), err.toString());
    }

    private List<Episode> published() throws InterruptedException {
        var episodes = new CopyOnWriteArrayList<Episode>();
        try (var reader =
                new TopicReader<>(clients, "test", RESCORED_EPISODES, record -> episodes.add(record.value()))) {
            reader.start();
            assertThat(reader.awaitCaughtUp(Duration.ofSeconds(30))).isTrue();
        }
        return episodes;
    }

    private static Episode episode(String taskId, int index, int tokens, double reward) {
        long now = Instant.now().minusSeconds(5).toEpochMilli();
        return Episode.newBuilder()
                .setTaskId(taskId)
                .setEpisode(index)
                .setEnvironment("writing")
                .setTeamId("team")
                .setCollaboration("parallel")
                .setPurpose(Purpose.TRAIN)
                .setStatus(EpisodeStatus.SCORED)
                .setScore(new Score(reward, reward, 0.0, 0.0, false, List.of(), null))
                .setSteps(List.of(new EpisodeStep(
                        0,
                        List.of(action(taskId, index, "author1", tokens), action(taskId, index, "author2", tokens)),
                        List.of())))
                .setStartedAt(now)
                .setFinishedAt(now)
                .build();
    }

    private static Action action(String taskId, int episode, String role, int tokens) {
        return Action.newBuilder()
                .setTaskId(taskId)
                .setEpisode(episode)
                .setTurn(0)
                .setRole(role)
                .setAgentId("agent")
                .setPolicyId("team")
                .setText("Farmers in the valley make cheese from goat milk.")
                .setPromptTokenIds(List.of(1))
                .setTokenIds(Collections.nCopies(tokens, 1))
                .setLogprobs(Collections.nCopies(tokens, -1f))
                .setTemperature(1)
                .setVersions(List.of())
                .setFinishReason(FinishReason.STOP)
                .setStartedAt(0)
                .setFinishedAt(0)
                .build();
    }
}
