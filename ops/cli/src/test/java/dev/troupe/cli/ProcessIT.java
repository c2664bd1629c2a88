package dev.troupe.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ctrl-C at several moments: the command ends in time, none of its child JVMs stays, and it can be run again. */
@Timeout(180)
class ProcessIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration END_WITHIN = Duration.ofSeconds(10);
    private static final String READY = "Ctrl-C ends it";
    private static final Path HOME = Path.of("..", "..").toAbsolutePath().normalize();

    @TempDir
    Path directory;

    private final List<Command> commands = new ArrayList<>();

    /** A troupe command in a JVM of its own, and what it has printed. */
    private record Command(Process process, Path output) {

        String printed() {
            try {
                return Files.exists(output) ? Files.readString(output, UTF_8) : "";
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        void awaitPrinted(String text) {
            await().atMost(PATIENCE).until(() -> printed().contains(text) || !process.isAlive());
            assertThat(printed()).contains(text);
            assertThat(process.isAlive()).as("still running").isTrue();
        }

        void awaitChildren() {
            await().atMost(PATIENCE).until(() -> !children().isEmpty() || !process.isAlive());
            assertThat(process.isAlive()).as(printed()).isTrue();
        }

        List<ProcessHandle> children() {
            return process.descendants().toList();
        }

        /** Sends the signal as a terminal or a supervisor does, and checks what is left. */
        void end(String signal) throws Exception {
            List<ProcessHandle> children = children();
            long begin = System.nanoTime();
            assertThat(new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                            .start()
                            .waitFor())
                    .isZero();
            boolean ended = process.waitFor(30, TimeUnit.SECONDS);
            Duration took = Duration.ofNanos(System.nanoTime() - begin);
            assertThat(ended).as("ended after " + signal).isTrue();
            assertThat(took).as("time from %s to the end", signal).isLessThan(END_WITHIN);
            await().atMost(END_WITHIN).until(() -> children.stream().noneMatch(ProcessHandle::isAlive));
        }
    }

    private Command troupe(String... arguments) throws IOException {
        Path output = directory.resolve("output-" + commands.size() + ".txt");
        var line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dai.djl.offline=true",
                "-Dai.djl.pytorch.num_threads=1",
                "-Djava.awt.headless=true",
                "-Dtroupe.home=" + HOME,
                "-Dtroupe.log.file=" + directory.resolve("log-" + commands.size() + ".txt"),
                "-Dlogback.configurationFile=" + Path.of("src", "main", "resources", "logback.xml"),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        line.addAll(Arrays.asList(arguments));
        var command = new Command(
                new ProcessBuilder(line)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start(),
                output);
        commands.add(command);
        return command;
    }

    /**
     * What Ctrl-C sends; SIGTERM where this process was started with SIGINT ignored, as background jobs of scripts are:
     * its children inherit that.
     */
    private static String interrupt() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (Files.exists(status)) {
            for (String line : Files.readAllLines(status)) {
                if (line.startsWith("SigIgn:")
                        && (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 2) != 0) {
                    return "TERM";
                }
            }
        }
        return "INT";
    }

    private Command up() throws IOException {
        return troupe(
                "up",
                "--dir",
                directory.resolve("state").toString(),
                "--broker-port",
                "0",
                "--registry-port",
                "0",
                // The one whose process stays, and so could be left behind.
                "--set",
                "judge.sandbox=graalpy");
    }

    @AfterEach
    void killWhatIsLeft() {
        for (Command command : commands) {
            command.process().descendants().forEach(ProcessHandle::destroyForcibly);
            command.process().destroyForcibly();
        }
    }

    @Test
    void demoEndsWhileItTrains() throws Exception {
        Command demo = troupe(
                "demo", "--steps", "200", "--dir", directory.resolve("demo").toString());
        demo.awaitPrinted("training [");
        demo.awaitChildren();

        demo.end(interrupt());

        assertThat(demo.printed()).doesNotContain("failed").doesNotContain("\tat ");
    }

    @Test
    void upEndsAtAnyMomentAndRunsAgainOnItsState() throws Exception {
        Command starting = up();
        starting.awaitPrinted("starting");
        starting.end(interrupt());

        Command withSandbox = up();
        withSandbox.awaitChildren();
        withSandbox.end("TERM");

        Command killed = up();
        killed.awaitPrinted(READY);
        assertThat(killed.children()).as("sandbox").isNotEmpty();
        killed.end("KILL");

        Command again = up();
        again.awaitPrinted(READY);
        again.end(interrupt());
        assertThat(again.printed()).doesNotContain("failed").doesNotContain("\tat ");
    }
}
