package dev.troupe.reward.coordinator;

import static dev.troupe.reward.coordinator.Records.action;
import static dev.troupe.reward.coordinator.Records.task;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.runtime.kafka.DeadLetterReason;
import dev.troupe.runtime.kafka.DeadLetters;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.RewardWeights;
import dev.troupe.schemas.avro.Sampling;
import dev.troupe.schemas.avro.Task;
import dev.troupe.schemas.avro.Turn;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DeadLetterTest {

    @TempDir
    private Path dir;

    private Harness run;

    @BeforeEach
    void start() {
        run = new Harness(dir, Map.of());
        run.version("team", 0);
    }

    @AfterEach
    void stop() {
        run.close();
    }

    static Stream<Arguments> badTasks() {
        return Stream.of(
                Arguments.of(task("t").setPrompt(" \n"), "empty-prompt", "prompt is empty"),
                Arguments.of(task("t").setPrompt("x".repeat((256 << 10) + 1)), "too-large", "262145 bytes"),
                Arguments.of(task("t").setPrompt("x".repeat(2 << 20)), "too-large", "at most 1048576"),
                Arguments.of(
                        task("t").setEnvironment("chess"), "unknown-environment", "'chess'; there are [talk, writing]"),
                Arguments.of(task("t").setCollaboration("duel"), "invalid-task", "no collaboration 'duel'"),
                Arguments.of(task("t").setFields(Map.of("refuse", "no tests")), "invalid-task", "no tests"),
                Arguments.of(task("t").setFields(Map.of("crash", "")), "invalid-task", "a bug in a plug-in"),
                Arguments.of(task("t").setFields(Map.of("crash", "link")), "invalid-task", "NoClassDefFoundError"),
                Arguments.of(task("t").setFields(Map.of("crash", "null")), "invalid-task", "'talk' failed"),
                Arguments.of(task("t").setFields(Map.of("crash", "flood")), "invalid-task", "opens with 41943"),
                Arguments.of(task("t").setNumGenerations(65), "invalid-task", "numGenerations is 65"),
                Arguments.of(task("t").setNumGenerations(-1), "invalid-task", "numGenerations is -1"),
                Arguments.of(task("t").setMaxTurns(0), "invalid-task", "maxTurns is 0"),
                Arguments.of(task("t").setMaxTurns(9), "invalid-task", "maxTurns is 9"),
                Arguments.of(task("t").setTeamId(""), "invalid-task", "teamId"),
                Arguments.of(task("t").setPolicyVersions(Map.of("team", -1)), "invalid-task", "policyVersions.team"),
                Arguments.of(
                        task("t").setWeights(new RewardWeights(Double.NaN, 0.0, 0.0)),
                        "invalid-task",
                        "weights.quality is NaN"),
                Arguments.of(
                        task("t").setWeights(new RewardWeights(1.0, Double.POSITIVE_INFINITY, 0.0)),
                        "invalid-task",
                        "weights.speed"),
                Arguments.of(
                        task("t").setWeights(new RewardWeights(1.0, 0.0, Double.NEGATIVE_INFINITY)),
                        "invalid-task",
                        "weights.coordination"),
                Arguments.of(task("t").setSampling(sampling(-1, 1, 0)), "invalid-task", "sampling.temperature"),
                Arguments.of(task("t").setSampling(sampling(Double.NaN, 1, 0)), "invalid-task", "sampling.temperature"),
                Arguments.of(task("t").setSampling(sampling(1, 0, 0)), "invalid-task", "sampling.topP"),
                Arguments.of(task("t").setSampling(sampling(1, 1, -1)), "invalid-task", "sampling.topK"));
    }

    @ParameterizedTest
    @MethodSource("badTasks")
    void aBadTaskIsSetAsideWithAReason(Task.Builder task, String reason, String message) {
        run.task(task.build());
        run.task(task("after").build());

        assertLetter(reason, message, "t");
        assertThat(run.turns()).extracting(Turn::getTaskId).containsOnly("after");
    }

    @Test
    void aTaskThatItsEnvironmentDoesNotOpenHoldsUpNobody() {
        run.close();
        run = new Harness(dir.resolve("impatient"), Map.of("coordinator.begin.timeout", "50ms"));
        run.version("team", 0);
        run.task(task("t").setFields(Map.of("crash", "wait")).build());

        assertLetter("invalid-task", "'talk' did not answer within the 50 ms of coordinator.begin.timeout", "t");
    }

    @Test
    void bytesThatAreNoTaskAreKeptAsTheyAre() {
        byte[] bytes = {0, 0, 0, 0, 99, 1, 2};
        run.pipe("tasks", "t", bytes);
        TestRecord<byte[], byte[]> letter = assertLetter("malformed", "tasks", "t");

        assertThat(letter.value()).isEqualTo(bytes);
        assertThat(letter.getRecordTime()).isEqualTo(run.now());
        assertThat(DeadLetters.text(letter.headers(), DeadLetters.TOPIC)).contains("tasks");
        assertThat(DeadLetters.text(letter.headers(), DeadLetters.OFFSET)).contains("0");
    }

    @Test
    void textThatIsNoJsonAndNoValueAtAll() {
        run.pipe("tasks", "t", "hello".getBytes(UTF_8));
        assertLetter("malformed", "JSON", "t");

        run.pipe("tasks", "t", null);
        assertLetter("malformed", "no value", "t");
    }

    @Test
    void aJsonTaskIsDealt() {
        run.pipe("tasks", "t", "{\"taskId\":\"t\",\"environment\":\"talk\",\"prompt\":\"agree\"}".getBytes(UTF_8));

        assertThat(run.turns()).hasSize(16);
    }

    @Test
    void theKeyMustBeTheTaskId() {
        run.pipe(TopicCatalog.TASKS, "other", task("t").build());
        assertLetter("wrong-key", "produce with key = taskId", "other");

        run.pipe("tasks", null, "{\"taskId\":\"t\",\"environment\":\"talk\",\"prompt\":\"agree\"}".getBytes(UTF_8));
        List<TestRecord<byte[], byte[]>> letters = run.deadLetters();
        assertThat(DeadLetters.text(letters.getFirst().headers(), DeadLetters.MESSAGE)
                        .orElseThrow())
                .contains("key is missing");
        assertThat(letters.getFirst().key()).isNull();
    }

    @Test
    void aTaskIdIsTakenOnce() {
        run.task(task("t").build());
        run.turns();
        run.task(task("t").setPrompt("another").build());

        assertLetter("duplicate-task", "'t' was fed before", "t");
        assertThat(run.turns()).isEmpty();
    }

    @Test
    void aTaskWithHeadersThatCannotBeStoredIsSetAside() {
        var headers = new RecordHeaders();
        IntStream.range(0, 200_000).forEach(i -> headers.add("h", null));
        run.pipe("tasks", "t", run.encoded(task("t").build()), headers);

        assertLetter("too-large", "send fewer or smaller headers", "t");
        assertThat(run.size(StoreNames.WAITING)).isZero();
    }

    @Test
    void aTaskThatWaitedKeepsItsHeadersAsTheyWere() {
        var headers = new RecordHeaders();
        headers.add("nothing", null);
        run.pipe("tasks", "t", run.encoded(task("t").setTeamId("nobody").build()), headers);
        run.advance(Duration.ofSeconds(60));
        TestRecord<byte[], byte[]> letter = assertLetter("unknown-team", "nobody", "t");

        assertThat(letter.headers().lastHeader("nothing").value()).isNull();
    }

    @Test
    void aRefusedTaskCanBeFedAgainOnceItIsRight() {
        run.task(task("t").setPrompt("").build());
        assertLetter("empty-prompt", "", "t");
        run.task(task("t").build());

        assertThat(run.turns()).hasSize(2);
    }

    @Test
    void aTeamWithoutAnyVersionIsUnknownAfterAWhile() {
        run.task(task("t").setTeamId("nobody").build());
        run.advance(Duration.ofSeconds(59));
        assertThat(run.deadLetters()).isEmpty();
        run.advance(Duration.ofSeconds(1));

        assertLetter("unknown-team", "policy nobody", "t");
        assertThat(run.size(StoreNames.WAITING)).isZero();
        run.version("nobody", 0);
        run.task(task("t").setTeamId("nobody").build());
        assertThat(run.turns()).hasSize(2);
    }

    @Test
    void eventsThatCannotBelongToTheGroupAreSetAside() {
        run.task(task("t").build());
        Action good = action(run.turns().getFirst(), 0);
        Stream.of(
                        Action.newBuilder(good).setRole("eve").build(),
                        Action.newBuilder(good).setTurn(1).build(),
                        Action.newBuilder(good).setEpisode(1).build(),
                        Action.newBuilder(good).setAttempt(1).build(),
                        Action.newBuilder(good).setMessageCount(-1).build(),
                        Action.newBuilder(good).setLogprobs(List.of()).build(),
                        Action.newBuilder(good)
                                .setLogprobs(List.of(Float.NaN, 0f))
                                .build(),
                        Action.newBuilder(good).setVersions(List.of()).build(),
                        Action.newBuilder(good).setTaskId("unheard").build())
                .forEach(run::action);
        run.pipe(TopicCatalog.ACTIONS, "other", good);

        List<TestRecord<byte[], byte[]>> letters = run.deadLetters();
        assertThat(letters).hasSize(10);
        assertThat(letters.subList(0, 9))
                .allSatisfy(letter -> assertThat(DeadLetters.text(letter.headers(), DeadLetters.REASON))
                        .contains(DeadLetterReason.MALFORMED.tag()));
        assertThat(DeadLetters.text(letters.getLast().headers(), DeadLetters.REASON))
                .contains(DeadLetterReason.WRONG_KEY.tag());
        assertThat(run.episodes()).isEmpty();
    }

    private TestRecord<byte[], byte[]> assertLetter(String reason, String message, String key) {
        List<TestRecord<byte[], byte[]>> letters = run.deadLetters();
        assertThat(letters).hasSize(1);
        TestRecord<byte[], byte[]> letter = letters.getFirst();
        assertThat(DeadLetters.text(letter.headers(), DeadLetters.REASON)).contains(reason);
        assertThat(DeadLetters.text(letter.headers(), DeadLetters.MESSAGE).orElseThrow())
                .contains(message);
        assertThat(new String(letter.key(), UTF_8)).isEqualTo(key);
        return letter;
    }

    private static Sampling sampling(double temperature, double topP, int topK) {
        return new Sampling(temperature, topP, topK, 0);
    }
}
