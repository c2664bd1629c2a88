package dev.troupe.cli.local;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.troupe.cli.audit.AuditCommand;
import dev.troupe.cli.audit.LineageCommand;
import dev.troupe.local.LocalModeException;
import dev.troupe.runtime.kafka.DeadLetters;
import dev.troupe.schemas.Topic;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Broker, registry and the four services as {@code troupe up} runs them, used with nothing but standard tools. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
class StackIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private Path directory;
    private LocalStack stack;
    private StandardTools tools;
    private int goodTasks;

    @BeforeAll
    void start(@TempDir Path temporary) throws Exception {
        directory = temporary;
        stack = LocalStack.start(directory, 0, 0, SmallStack.settings(directory));
        tools = new StandardTools(stack.cluster().settings());
    }

    @AfterAll
    void stop() {
        stack.close();
    }

    @Test
    void aTaskTypedAsJsonIsScoredTrainedOnAndEvaluated() throws Exception {
        tools.text("tasks", "typed", SmallStack.task("typed", 0));

        assertScored("typed");
        List<GenericRecord> steps = tools.records("training-steps", PATIENCE, read -> holds(read.getLast(), "typed"));
        int version = (int) ((Map<?, ?>) steps.getLast().get("versions"))
                .values().stream().findFirst().orElseThrow();
        assertThat(version).isPositive();
        tools.records(
                "model-versions",
                PATIENCE,
                read -> text(read.getLast(), "policyId").equals("team")
                        && (int) read.getLast().get("version") == version);
        GenericRecord evaluation =
                tools.records("evaluations", PATIENCE, read -> true).getFirst();
        assertThat(text(evaluation, "benchmark")).isEqualTo("one");
        assertThat(evaluation.get("tasks")).isEqualTo(1);
        assertThat(evaluation.get("metrics").toString()).contains("passRate");
    }

    @ParameterizedTest
    @CsvSource({"pipeline, helper / main", "discussion, helper main / helper main"})
    void everyEnvironmentIsPlayedAndTrainedOnInTheFormThatTheTaskNames(String form, String turns) throws Exception {
        tools.text("tasks", form, SmallStack.task(form, 5).replaceFirst("\\{", "{\"collaboration\":\"" + form + "\","));

        List<GenericRecord> episodes = scored(form);
        assertThat(episodes).allSatisfy(episode -> {
            assertThat(text(episode, "collaboration")).isEqualTo(form);
            assertThat(((List<?>) episode.get("steps"))
                            .stream().map(StackIT::roles).collect(Collectors.joining(" / ")))
                    .isEqualTo(turns);
        });
        tools.records("training-steps", PATIENCE, read -> holds(read.getLast(), form));
    }

    @Test
    void everyCombinationOfACrossedTaskIsScoredAndTracedToItsDraws() throws Exception {
        String task =
                SmallStack.task("crossed", 6).replaceFirst("\\{", "{\"jointMode\":\"cross\",\"numGenerations\":3,");
        tools.text("tasks", "crossed", task);

        List<GenericRecord> groups = tools.records(
                "episode-groups",
                PATIENCE,
                read -> text(read.getLast(), "taskId").equals("crossed"));
        Map<String, Integer> episodesOfDraw = new TreeMap<>();
        List<?> episodes = (List<?>) groups.getLast().get("episodes");
        for (Object episode : episodes) {
            List<?> steps = (List<?>) ((GenericRecord) episode).get("steps");
            for (Object action : (List<?>) ((GenericRecord) steps.getFirst()).get("actions")) {
                var drawn = (GenericRecord) action;
                episodesOfDraw.merge(text(drawn, "role") + drawn.get("episode"), 1, Integer::sum);
            }
        }

        assertThat(episodes)
                .hasSize(9)
                .allSatisfy(episode ->
                        assertThat(((GenericRecord) episode).get("score")).isNotNull());
        assertThat(episodesOfDraw)
                .isEqualTo(Map.of("helper0", 3, "helper1", 3, "helper2", 3, "main0", 3, "main1", 3, "main2", 3));
    }

    private static String roles(Object step) {
        return ((List<?>) ((GenericRecord) step).get("actions"))
                .stream().map(action -> text((GenericRecord) action, "role")).collect(Collectors.joining(" "));
    }

    @Test
    void aTaskInAvroIsScored() throws Exception {
        Schema schema = new Schema.Parser()
                .parse(dev.troupe.schemas.avro.Task.getClassSchema().toString());
        tools.avro(
                "tasks",
                "binary",
                new GenericRecordBuilder(schema)
                        .set("taskId", "binary")
                        .set("environment", "coding")
                        .set("prompt", "Keep the even numbers.\nAdd 3 to each.\nReturn the sum.")
                        .set("fields", Map.of("test", "assert main([1, 2, 4]) == 12"))
                        .build());

        assertScored("binary");
    }

    /**
     * What goes into the topic and why it comes out as a dead letter.
     *
     * @param key null for none
     * @param latin bytes of the value, one a character; null for a tombstone
     */
    record Bad(
            String reason, @Nullable String key, @Nullable String latin) {
        static Bad of(String reason, @Nullable String key, byte @Nullable [] value) {
            return new Bad(reason, key, value == null ? null : new String(value, ISO_8859_1));
        }

        byte @Nullable [] bytes() {
            return latin == null ? null : latin.getBytes(ISO_8859_1);
        }

        @Override
        public String toString() {
            return reason + " (" + key + ")";
        }
    }

    static Stream<Bad> bad() throws IOException {
        byte[] unknownSchema = "\0\0\0\u0003\u00e7nonsense".getBytes(ISO_8859_1);
        return Stream.of(
                Bad.of("malformed", "bad-words", "this is no task".getBytes(UTF_8)),
                Bad.of("malformed", "bad-json", "{\"taskId\": \"bad-json\", ".getBytes(UTF_8)),
                Bad.of(
                        "malformed",
                        "bad-field",
                        task("bad-field", "coding", "x")
                                .replace("prompt", "promt")
                                .getBytes(UTF_8)),
                Bad.of("malformed", "bad-bytes", new byte[] {(byte) 0xff, (byte) 0xfe, 1, 2}),
                Bad.of("malformed", "bad-schema-id", unknownSchema),
                Bad.of("malformed", "bad-truncated", new byte[] {0, 0, 0}),
                Bad.of("malformed", "bad-empty", new byte[0]),
                Bad.of("malformed", "bad-tombstone", null),
                Bad.of(
                        "unknown-environment",
                        "bad-place",
                        task("bad-place", "chess", "Win.").getBytes(UTF_8)),
                Bad.of(
                        "empty-prompt",
                        "bad-silence",
                        task("bad-silence", "coding", " ").getBytes(UTF_8)),
                Bad.of("wrong-key", null, task("bad-keyless", "coding", "x").getBytes(UTF_8)),
                Bad.of(
                        "wrong-key",
                        "bad-other-key",
                        task("bad-id", "coding", "x").getBytes(UTF_8)),
                Bad.of(
                        "too-large",
                        "bad-book",
                        task("bad-book", "coding", "x".repeat(1 << 20)).getBytes(UTF_8)),
                Bad.of(
                        "too-large",
                        "bad-story",
                        task("bad-story", "coding", "x".repeat(300_000)).getBytes(UTF_8)));
    }

    @ParameterizedTest
    @MethodSource("bad")
    void badInputBecomesADeadLetter(Bad bad) throws Exception {
        tools.bytes("tasks", bad.key(), bad.bytes());

        var letter = tools.deadLetter(PATIENCE, record -> Arrays.equals(record.key(), bytes(bad.key())));
        assertThat(DeadLetters.text(letter.headers(), DeadLetters.REASON)).hasValue(bad.reason());
        assertThat(DeadLetters.text(letter.headers(), DeadLetters.TOPIC)).hasValue("tasks");
        assertThat(DeadLetters.text(letter.headers(), DeadLetters.MESSAGE)).isPresent();
        assertThat(letter.value()).isEqualTo(bad.bytes());
    }

    @Test
    void aTaskIsTakenOnceAndItsCopyIsADeadLetter() throws Exception {
        String task = SmallStack.task("twice", 1);
        tools.text("tasks", "twice", task);
        tools.text("tasks", "twice", task);

        var letter = tools.deadLetter(PATIENCE, record -> Arrays.equals(record.key(), bytes("twice")));
        assertThat(DeadLetters.text(letter.headers(), DeadLetters.REASON)).hasValue("duplicate-task");
        assertThat(letter.value()).isEqualTo(bytes(task));
        assertScored("twice");
    }

    @Test
    void tenMegabytesAreRefusedToTheProducerOrSetAside() throws Exception {
        String book = task("ten-megabytes", "coding", "word ".repeat(2 << 20));
        assertThatThrownBy(() -> tools.large("tasks", "ten-megabytes", book, Map.of()))
                .hasCauseInstanceOf(RecordTooLargeException.class)
                .hasMessageContaining("larger");

        // Compressed it is small enough for the broker, and too large for everyone who reads it.
        tools.large("tasks", "ten-megabytes", book, Map.of("compression.type", "gzip"));
        var letter = tools.deadLetter(PATIENCE, record -> Arrays.equals(record.key(), bytes("ten-megabytes")));
        assertThat(DeadLetters.text(letter.headers(), DeadLetters.REASON)).hasValue("too-large");
        assertThat(DeadLetters.text(letter.headers(), DeadLetters.OMITTED))
                .as("bytes of the value, which is larger than the topic takes")
                .hasValue(Integer.toString(book.length()))
                .satisfies(size -> assertThat(book.length()).isGreaterThan(Topic.MAX_MESSAGE_BYTES));
        assertGoodTasksAreStillTaken();
    }

    @Test
    void aRestartGoesOnWithWhatWasInFlight() throws Exception {
        List<String> ids = Stream.iterate(0, i -> i < 6, i -> i + 1)
                .map(i -> "restart-" + i)
                .toList();
        for (int i = 0; i < ids.size(); i++) {
            tools.text("tasks", ids.get(i), SmallStack.task(ids.get(i), 10 + i));
        }
        tools.records("turns", PATIENCE, read -> text(read.getLast(), "taskId").startsWith("restart-"));

        stack.close();
        stack = LocalStack.start(directory, 0, 0, SmallStack.settings(directory));
        tools = new StandardTools(stack.cluster().settings());

        Map<String, Long> groups = count(tools.records(
                "episode-groups", PATIENCE, read -> count(read).keySet().containsAll(ids)));
        assertThat(groups)
                .allSatisfy((task, times) -> assertThat(times).as(task).isOne());
        Map<String, Long> episodes = count(tools.records(
                "episodes",
                PATIENCE,
                read -> ids.stream().allMatch(id -> count(read).getOrDefault(id, 0L) >= SmallStack.GROUP)));
        assertThat(ids).allSatisfy(id -> assertThat(episodes.get(id)).as(id).isEqualTo(SmallStack.GROUP));
        var trained = new ArrayList<String>();
        tools.records("training-steps", PATIENCE, read -> {
            ((List<?>) read.getLast().get("taskIds")).forEach(id -> trained.add(id.toString()));
            ((List<?>) read.getLast().get("skipped"))
                    .forEach(group -> trained.add(text((GenericRecord) group, "taskId")));
            return trained.containsAll(ids);
        });
        assertThat(trained).as("no group is trained on twice").doesNotHaveDuplicates();
    }

    @Test
    void theAuditBalancesAtAnyMomentAndLineageLeadsBack() throws Exception {
        tools.text("tasks", "audited", SmallStack.task("audited", 30));
        assertThat(troupe("audit").out()).contains("every task is accounted for exactly once");

        List<GenericRecord> steps = tools.records("training-steps", PATIENCE, read -> holds(read.getLast(), "audited"));
        Path json = directory.resolve("audit.json");
        Answer audit = troupe("audit", "--json", json.toString());
        assertThat(audit.code()).as(audit.out()).isZero();
        assertThat(audit.out()).contains("team ").contains("balances");
        assertThat(Files.readString(json)).contains("\"balances\" : true");

        assertThat(troupe("lineage", "episode", "audited").out())
                .contains("audited episode 0 of team team")
                .contains("audited episode 1 of team team")
                .contains("policy team ");
        int version = (int) ((Map<?, ?>) steps.getLast().get("versions"))
                .values().stream().findFirst().orElseThrow();
        assertThat(troupe("lineage", "version", "team", Integer.toString(version))
                        .out())
                .contains("team version " + version + ": from version " + (version - 1));
        assertThat(troupe("lineage", "version", "team", "100000").code()).isOne();
    }

    private record Answer(int code, String out) {}

    private Answer troupe(String... command) {
        var line = new ArrayList<>(Arrays.asList(command));
        stack.cluster().settings().forEach((key, value) -> {
            if (key.startsWith("kafka.") || key.startsWith("schema.registry.")) {
                line.addAll(List.of("--set", key + "=" + value));
            }
        });
        var out = new StringWriter();
        int code = new CommandLine(new AuditCommands())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(new StringWriter()))
                .execute(line.toArray(String[]::new));
        return new Answer(code, out.toString());
    }

    @Command(subcommands = {AuditCommand.class, LineageCommand.class})
    private static final class AuditCommands {}

    @Test
    void aSecondStackOnTheDirectoryIsRefused() {
        assertThatThrownBy(() -> LocalStack.start(directory, 0, 0, Map.of()).close())
                .isInstanceOf(LocalModeException.class)
                .hasMessageContaining(directory.toString())
                .hasMessageContaining("in use")
                .hasMessageContaining("process " + ProcessHandle.current().pid());
    }

    @Test
    void aPortInUseIsRefusedByNumber() {
        int broker = port(stack.cluster().bootstrapServers());
        int registry = port(stack.cluster().registryUrl());
        assertThat(catchThrowable(() -> LocalStack.start(directory.resolve("other"), broker, 0, Map.of())
                        .close()))
                .isInstanceOf(LocalModeException.class)
                .hasMessageContaining("port " + broker + " of the broker is in use");
        assertThat(catchThrowable(() -> LocalStack.start(directory.resolve("other"), 0, registry, Map.of())
                        .close()))
                .isInstanceOf(LocalModeException.class)
                .hasMessageContaining("port " + registry + " of the schema registry is in use");
    }

    private void assertGoodTasksAreStillTaken() throws Exception {
        String id = "good-" + goodTasks++;
        tools.text("tasks", id, SmallStack.task(id, 20 + goodTasks));
        assertScored(id);
    }

    /** All episodes of the task have come, with actions that name their version, and a score. */
    private void assertScored(String taskId) {
        assertThat(scored(taskId)).allSatisfy(episode -> {
            GenericRecord step = (GenericRecord) ((List<?>) episode.get("steps")).getFirst();
            assertThat((List<?>) step.get("actions"))
                    .hasSize(2)
                    .allSatisfy(action -> assertThat((List<?>) ((GenericRecord) action).get("versions"))
                            .isNotEmpty());
        });
    }

    /** All episodes of the task, which have come with a score. */
    private List<GenericRecord> scored(String taskId) {
        List<GenericRecord> episodes = tools
                .records("episodes", PATIENCE, read -> count(read).getOrDefault(taskId, 0L) == SmallStack.GROUP)
                .stream()
                .filter(episode -> text(episode, "taskId").equals(taskId))
                .toList();
        assertThat(episodes).allSatisfy(episode -> {
            assertThat(text(episode, "status")).isEqualTo("SCORED");
            assertThat(((GenericRecord) episode.get("score")).get("reward")).isInstanceOf(Double.class);
        });
        return episodes;
    }

    private static Map<String, Long> count(List<GenericRecord> records) {
        return records.stream()
                .collect(Collectors.groupingBy(record -> text(record, "taskId"), TreeMap::new, Collectors.counting()));
    }

    private static boolean holds(GenericRecord step, String taskId) {
        return step.get("taskIds").toString().contains(taskId)
                || step.get("skipped").toString().contains(taskId);
    }

    private static String task(String id, String environment, String prompt) {
        return "{\"taskId\":\"%s\",\"environment\":\"%s\",\"prompt\":\"%s\",\"fields\":{\"test\":\"assert main([]) == 0\"}}"
                .formatted(id, environment, prompt);
    }

    private static String text(GenericRecord record, String field) {
        return String.valueOf(record.get(field));
    }

    private static byte @Nullable [] bytes(@Nullable String text) {
        return text == null ? null : text.getBytes(UTF_8);
    }

    private static int port(String address) {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }
}
