package dev.troupe.schemas;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.FinishReason;
import dev.troupe.schemas.avro.Sampling;
import dev.troupe.schemas.avro.Step;
import dev.troupe.schemas.avro.Task;
import dev.troupe.schemas.avro.VersionSpan;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RecordCodecTest {

    private final RecordCodec codec =
            new RecordCodec(Map.of("schema.registry.url", "mock://codec", "auto.register.schemas", true));
    private final Task task = Task.newBuilder()
            .setTaskId("t1")
            .setEnvironment("coding")
            .setPrompt("Return the sum.")
            .build();

    @AfterEach
    void close() {
        codec.close();
    }

    @Test
    void roundTripsInConfluentsWireFormat() throws MalformedRecordException {
        byte[] bytes = codec.encode(TopicCatalog.TASKS, task);

        assertThat(bytes[0]).isZero();
        assertThat(codec.decode(TopicCatalog.TASKS, bytes)).isEqualTo(task);
    }

    @Test
    void laterRecordsAreWrittenAsConfluentsSerializerWritesTheFirst() {
        byte[] first = codec.encode(TopicCatalog.STEPS, step("t1"));

        assertThat(codec.encode(TopicCatalog.STEPS, step("t1"))).isEqualTo(first);
        assertThat(codec.encode(TopicCatalog.STEPS, step("t2"))).isNotEqualTo(first);
    }

    private Step step(String taskId) {
        var action = Action.newBuilder()
                .setTaskId(taskId)
                .setEpisode(1)
                .setTurn(0)
                .setRole("main")
                .setAgentId("agent")
                .setPolicyId("team")
                .setText("text")
                .setPromptTokenIds(List.of(1, 2, 300_000))
                .setTokenIds(List.of(4, 5))
                .setLogprobs(List.of(-0.5f, -1.25f))
                .setTemperature(1)
                .setVersions(List.of(new VersionSpan(7, 0, 2)))
                .setFinishReason(FinishReason.STOP)
                .setStartedAt(1)
                .setFinishedAt(2)
                .build();
        return Step.newBuilder()
                .setTask(Task.newBuilder(task)
                        .setTaskId(taskId)
                        .setFields(Map.of("test", "assert"))
                        .setSampling(new Sampling(1.0, 0.9, 0, 32))
                        .build())
                .setEpisode(1)
                .setTurn(0)
                .setJoint(List.of(List.of(action), List.of()))
                .setMessages(List.of())
                .build();
    }

    @Test
    void tasksMayBeJson() throws MalformedRecordException {
        byte[] json = "{\"taskId\":\"t1\",\"environment\":\"coding\",\"prompt\":\"Return the sum.\"}".getBytes(UTF_8);

        assertThat(codec.decode(TopicCatalog.TASKS, json)).isEqualTo(task);
        assertThatThrownBy(() -> codec.decode(TopicCatalog.TURNS, json)).isInstanceOf(MalformedRecordException.class);
    }

    @Test
    void aRecordOfAnotherTopicIsRefused() {
        byte[] bytes = codec.encode(TopicCatalog.TASKS, task);

        assertThatThrownBy(() -> codec.decode(TopicCatalog.ACTIONS, bytes))
                .isInstanceOf(MalformedRecordException.class);
    }

    @Test
    void mutatedBytesAreMalformedOrARecordAndNothingElse() {
        long seed = 20261122;
        var random = new Random(seed);
        byte[] good = codec.encode(TopicCatalog.TASKS, task);
        int malformed = 0;
        for (int i = 0; i < 500; i++) {
            byte[] bytes = Arrays.copyOf(good, 1 + random.nextInt(good.length + 8));
            for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                codec.decode(TopicCatalog.TASKS, bytes);
            } catch (MalformedRecordException e) {
                malformed++;
            }
        }
        assertThat(malformed).as("malformed of 500, seed %d", seed).isGreaterThan(300);
    }

    @Test
    void aNumberThatIsNoneIsTheRecordsFaultAndNoOutage() {
        long seed = 20261125;
        var random = new Random(seed);
        byte[] good = codec.encode(TopicCatalog.TASKS, task);
        for (int i = 0; i < 500; i++) {
            byte[] bytes = good.clone();
            int at = 5 + random.nextInt(good.length - 5);
            Arrays.fill(bytes, at, Math.min(at + 5 + random.nextInt(8), bytes.length), (byte) 0xff);
            assertThatCode(() -> {
                        try {
                            codec.decode(TopicCatalog.TASKS, bytes);
                        } catch (MalformedRecordException _) {
                            // What most of them are.
                        }
                    })
                    .as("mutation %d, seed %d", i, seed)
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void whatFollowsARecordIsNotLeftOutSilently() {
        byte[] good = codec.encode(TopicCatalog.TASKS, task);

        assertThatThrownBy(() -> codec.decode(TopicCatalog.TASKS, Arrays.copyOf(good, good.length + 3)))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessageContaining("3 bytes follow the record");
    }

    @Test
    void whatIsLargerThanATopicTakesIsNotLookedInto() {
        assertThatThrownBy(() -> codec.decode(TopicCatalog.EPISODES, new byte[Topic.MAX_MESSAGE_BYTES + 1]))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessageContaining("8388609 bytes");
    }

    @Test
    void aRegistryThatDoesNotAnswerIsNotTheRecordsFault() {
        try (var down = new RecordCodec(Map.of("schema.registry.url", "http://127.0.0.1:1", "max.retries", 0))) {
            assertThatThrownBy(() -> down.decode(TopicCatalog.TASKS, new byte[] {0, 0, 0, 0, 1, 2}))
                    .isInstanceOf(RegistryUnavailableException.class);
            assertThatThrownBy(() -> down.encode(TopicCatalog.TASKS, task))
                    .isInstanceOf(RegistryUnavailableException.class);
        }
    }
}
