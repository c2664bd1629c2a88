package dev.troupe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a person gets for a command that cannot be carried out; nothing here reaches a cluster. */
class CommandLineTest {

    @TempDir
    Path directory;

    /** What a command answered. */
    private record Answer(int code, String out, String err) {}

    private static Answer troupe(String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        int code = Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
        return new Answer(code, out.toString(), err.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "dlq",
                "dlq list",
                "dlq show",
                "dlq replay",
                "demo",
                "up",
                "service",
                "tasks",
                "tasks import",
                "tail",
                "topics",
                "audit",
                "chaos",
                "cluster",
                "lineage",
                "lineage episode",
                "lineage version",
                "replay",
                "rollback",
                "rescore",
                "score",
                "warm-start",
                "bench",
                "bench policy",
                "bench trainer",
                "bench stream",
                "bench sandbox"
            })
    void everyCommandExplainsItself(String command) {
        Answer answer = command.isEmpty() ? troupe("--help") : troupe((command + " --help").split(" "));
        assertThat(answer.code()).isZero();
        assertThat(answer.out()).contains("Usage: troupe").contains("--help");
        assertThat(answer.err()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "demo --environment chess, --environment, chess",
        "demo --steps 0, --steps, 0",
        "demo --steps many, --steps, many",
        "demo --seed x, --seed, x",
        "demo --timeout 0, --timeout, 0",
        "demo --frobnicate, --frobnicate, Usage",
        "tail nothing, nothing, episodes",
        "dlq, list, Usage",
        "dlq show 0-17, 0-17, PARTITION:OFFSET",
        "dlq list --reason sadness, sadness, malformed",
        "dlq list --topic nothing, nothing, episodes",
        "dlq list --since yesterday, yesterday, 30m",
        "dlq list --limit -1, --limit, -1",
        "dlq replay, --all, positions",
        "dlq replay 0:1 --all, --all, positions",
        "dlq replay 0:1 --topic tasks, --all, filters",
        "tail, TOPIC, Usage",
        "tasks, FILE, Usage",
        "tasks import x.jsonl, --format, Usage",
        "tasks import --format humanevil x.jsonl, humanevil, mbpp",
        "tasks import --format mbpp --scorer kind x.jsonl, kind, compatible",
        "service barista, barista, TRAINER",
        "service, Missing, Usage",
        "topics paint, paint, APPLY",
        "audit --list many, --list, many",
        "lineage, episode TASK, Usage",
        "lineage episode, TASK, Usage",
        "lineage version team first, VERSION, first",
        "topics describe --queue-partitions 0, --queue-partitions, 0",
        "topics describe --set queue.protocol=streams, queue.protocol, share",
        "up --broker-port high, --broker-port, high",
        "bench, policy, Usage",
        "bench policy --sizes 1m;7m, --sizes, 7m",
        "bench policy --batches 8;0, --batches, 0",
        "bench policy --batches 8;many, --batches, many",
        "bench policy --rounds 0, --rounds, 0",
        "bench trainer --sizes 7b, --sizes, 7b",
        "bench trainer --work play, --work, play",
        "bench trainer --precisions fp8, --precisions, fp8",
        "bench trainer --backend onnx, --backend, onnx",
        "bench trainer --rounds 0, --rounds, 0",
        "bench trainer --against nowhere/python, --against, nowhere/python",
        "bench stream --parts speed, --parts, speed",
        "bench stream --live 10;0, --live, 0",
        "bench stream --groups 0, --groups, 0",
        "bench loop --warm-up -1, --warm-up, -1",
        "bench loop --generations 1, --generations, 1",
        "bench swap --swap stop, --swap, stop",
        "bench swap --sizes 7b, size, 7b",
        "bench sandbox --programs 0, --programs, 0",
        "bench policy --against nowhere/python, --against, nowhere/python",
        "chaos --tasks 10, 10, 40",
        "chaos --kills -1, -1, kills",
        "chaos --gap 0, gap, PT0S",
        "cluster --lock short, --lock, short",
        "rollback --team red, --to-version, Usage",
        "rollback --team red --to-version -1, --to-version, -1",
        "replay, --team, Usage",
        "replay --team red --from-version -1, --from-version, -1",
        "replay --team red --from-version 3 --to-version 3, --to-version, 3",
        "rescore --from 1h, --environment, Usage",
        "rescore --environment coding, --from, Usage",
        "rescore --environment chess --from 1h, --environment, chess",
        "rescore --environment coding --from 1h --judge chess, --judge, chess",
        "rescore --environment coding --from yesterday, --from, yesterday",
        "rescore --environment coding --from 1h --to 2h, --to, is not before",
        "rescore --environment coding --from 2027-13-01T00:00:00Z, --from, 2027-13-01",
        "rescore --environment coding --from 1h --weights quality=NaN, --weights, NaN",
        "rescore --environment coding --from 1h --weights speed=1;style=1, --weights, style",
        "score --environment coding, FILE, Usage",
        "score none.jsonl, --environment, Usage",
        "score none.jsonl --environment coding, none.jsonl, no such file",
        "score none.jsonl --environment codign, codign, did you mean 'coding'",
        "score none.jsonl --environment coding --scorer kind, --scorer, kind",
        "score none.jsonl --environment coding --workers 0, --workers, 0",
        "score none.jsonl --environment coding --workers many, --workers, many",
        "score . --environment coding, ., not a file",
        "juggle, juggle, Usage",
    })
    void badUsageIsNamedWithItsValue(String line, String name, String value) {
        Answer answer = troupe(line.replace(';', ',').split(" "));
        assertThat(answer.code()).isEqualTo(2);
        assertThat(answer.err()).contains(name).contains(value).doesNotContain("Exception");
    }

    @Test
    void noCommandPointsToHelp() {
        Answer answer = troupe();
        assertThat(answer.code()).isEqualTo(2);
        assertThat(answer.err()).contains("--help");
    }

    @Test
    void aBadLineIsNamedByFileAndNumber() throws IOException {
        Path file = directory.resolve("tasks.jsonl");
        Files.writeString(file, """
                {"taskId":"a","environment":"coding","prompt":"Sort it."}

                {"taskId":"b","environment":"coding"}
                """);
        Answer answer = troupe("tasks", file.toString());
        assertThat(answer.code()).isEqualTo(1);
        assertThat(answer.err()).contains(file + ", line 3").contains("prompt").doesNotContain("\tat ");
    }

    @Test
    void aMissingFileIsNamed() {
        Path file = directory.resolve("none.jsonl");
        Answer answer = troupe("tasks", file.toString());
        assertThat(answer.code()).isEqualTo(1);
        assertThat(answer.err()).contains(file.toString()).contains("no such file");
    }

    @Test
    void anUnknownSettingIsNamedWithTheNearestOne() {
        Answer answer = troupe("tail", "episodes", "--set", "kafka.bootstrap.server=x", "--set", "kafka.acks=1");
        assertThat(answer.code()).isEqualTo(2);
        assertThat(answer.err()).contains("kafka.acks");
    }

    @ParameterizedTest
    @ValueSource(strings = {"audit", "rescore --environment coding --from 1h"})
    void theRewardServicesOwnSettingsAreNotRefused(String command) {
        String settings = " --set management.port=8080 --set management.host=0.0.0.0 --set reward.parts=coordinator"
                + " --set queue.protocol=consumer --set judge.workers=2 --set judge.sandbox=off"
                + " --set coordinator.aplication.id=x";
        Answer answer = troupe((command + settings).split(" "));
        assertThat(answer.code()).isEqualTo(2);
        assertThat(answer.err())
                .contains("coordinator.aplication.id")
                .contains("coordinator.application.id")
                .doesNotContain("management", "reward.parts", "queue.protocol", "judge");
    }

    @Test
    void aBadSettingOfTheJudgeIsStillNamed() {
        Answer answer = troupe("rescore", "--environment", "coding", "--from", "1h", "--set", "judge.sandbox=perhaps");
        assertThat(answer.code()).isEqualTo(2);
        assertThat(answer.err()).contains("judge.sandbox").contains("perhaps");
    }

    @Test
    void completionsAreScoredInTheOrderOfTheFile() throws IOException {
        Path file = directory.resolve("completions.jsonl");
        Path output = directory.resolve("scores.jsonl");
        String eight = "goats eat grass near old stone barns daily";
        Files.writeString(file, """
                {"id":"b","prompt":"Goats.","completions":{"author1":"%s","author2":"%s"}}
                {"id":"a","completions":{"author1":"goats","writer":""}}
                """.formatted(eight, eight));

        String line = "score --environment writing-tldr --scorer compatible " + file;
        Answer printed = troupe(line.split(" "));
        Answer written = troupe((line + " --output " + output).split(" "));

        assertThat(printed.code()).isEqualTo(1);
        assertThat(printed.out().lines()).hasSize(2);
        assertThat(printed.out())
                .startsWith("{\"id\":\"b\",\"reward\":0.5,\"terms\":{")
                .contains("{\"id\":\"a\",\"reward\":null,\"terms\":{},\"error\":\"UNKNOWN_ROLE: 'writer'");
        assertThat(printed.err()).contains("1 of 2 lines have no score; line 2: UNKNOWN_ROLE");
        assertThat(written.out()).isEmpty();
        assertThat(Files.readString(output)).isEqualTo(printed.out());
    }

    @ParameterizedTest
    @CsvSource({"'', no lines", "'not json', column", "'[]', no object"})
    void whatIsNoJsonlIsBadUsage(String content, String reason) throws IOException {
        Path file = directory.resolve("completions.jsonl");
        Files.writeString(file, content);

        Answer answer = troupe("score", "--environment", "coding", file.toString());

        assertThat(answer.code()).isEqualTo(2);
        assertThat(answer.out()).isEmpty();
        assertThat(answer.err()).contains(file + " is not JSONL").contains(reason);
    }

    @Test
    void theInputIsNotOverwritten() throws IOException {
        Path file = directory.resolve("completions.jsonl");
        Files.writeString(file, "{}");

        Answer answer = troupe("score", "--environment", "coding", file.toString(), "--output", file.toString());

        assertThat(answer.code()).isEqualTo(2);
        assertThat(answer.err()).contains("--output");
        assertThat(Files.readString(file)).isEqualTo("{}");
    }

    @Test
    void scoringReadsNothingOfAServicesSettingsButTheJudges() throws IOException {
        Path file = directory.resolve("completions.jsonl");
        Files.writeString(file, "{\"id\":1}");
        String command = "score --environment coding " + file + " --set kafka.bootstrap.servers=x";

        assertThat(troupe(command.split(" ")).code()).isEqualTo(1);
        Answer bad = troupe((command + " --set judge.sandbox=perhaps").split(" "));
        assertThat(bad.code()).isEqualTo(2);
        assertThat(bad.err()).contains("judge.sandbox");
    }

    @Test
    void theVersionIsPrinted() {
        assertThat(troupe("--version").out()).contains("0.1.0");
    }
}
