package dev.troupe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands against a cluster that is not there, or ports that are. */
@Timeout(60)
class CommandsIT {

    @TempDir
    Path directory;

    private record Answer(int code, String err, Duration time) {}

    private static Answer troupe(String... arguments) {
        var err = new StringWriter();
        long begin = System.nanoTime();
        int code = Main.commandLine().setErr(new PrintWriter(err)).execute(arguments);
        return new Answer(code, err.toString(), Duration.ofNanos(System.nanoTime() - begin));
    }

    @Test
    void aCommandDoesNotWaitForeverForAnAbsentCluster() throws IOException {
        Path tasks = directory.resolve("tasks.jsonl");
        Files.writeString(tasks, "{\"taskId\":\"a\",\"environment\":\"coding\",\"prompt\":\"Sort it.\"}");
        List<String> nobody = nobodyAt("127.0.0.1:" + closedPort());

        var quick = List.of("--set", "kafka.default.api.timeout.ms=5000", "--set", "kafka.request.timeout.ms=2000");
        var answers = List.of(
                at(nobody, "tasks", tasks.toString()),
                at(nobody, "tail", "episodes"),
                at(both(nobody, quick), "topics", "apply"),
                at(both(nobody, quick), "topics", "diff"));

        for (CompletableFuture<Answer> future : answers) {
            Answer answer = future.join();
            assertThat(answer.code()).isEqualTo(1);
            assertThat(answer.err())
                    .startsWith("troupe: ")
                    .contains(nobody.get(1).split("=")[1]);
            assertThat(answer.err().lines()).hasSize(1);
            assertThat(answer.time()).isLessThan(Duration.ofSeconds(30));
        }
    }

    private static List<String> nobodyAt(String address) {
        return List.of("--set", "kafka.bootstrap.servers=" + address, "--set", "schema.registry.url=http://" + address);
    }

    private static List<String> both(List<String> some, List<String> others) {
        return Stream.concat(some.stream(), others.stream()).toList();
    }

    private static CompletableFuture<Answer> at(List<String> address, String... command) {
        var all = new ArrayList<>(Arrays.asList(command));
        all.addAll(address);
        return CompletableFuture.supplyAsync(
                () -> troupe(all.toArray(String[]::new)),
                task -> Thread.ofPlatform().start(task));
    }

    @Test
    void aSettingThatKafkaRefusesIsExplained() {
        Answer answer = troupe("topics", "diff", "--set", "kafka.default.api.timeout.ms=1");
        assertThat(answer.code()).isEqualTo(1);
        assertThat(answer.err()).contains("default.api.timeout.ms");
    }

    @Test
    void upNamesAPortThatIsTaken() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            Answer answer = troupe("up", "--dir", directory.toString(), "--broker-port", port);
            assertThat(answer.code()).isEqualTo(1);
            assertThat(answer.err()).contains("port " + port).contains("in use");
        }
    }

    private static int closedPort() throws IOException {
        try (var probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }
}
