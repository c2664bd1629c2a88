package dev.troupe.trainer;

import static org.awaitility.Awaitility.await;

import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.trainer.fault.StepListener;
import dev.troupe.trainer.fault.StepPoint;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A trainer in a process of its own, which ends when training has, or at once at a given point of a step. */
final class MortalTrainer {
    /** As a process that got SIGKILL. */
    static final int KILLED = 137;

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private MortalTrainer() {}

    /** @param arguments settings file; the point and the step to die at, if it is to die */
    public static void main(String... arguments) {
        var settings = Settings.load(Path.of(arguments[0]), Map.of(), Map.of());
        StepListener listener = arguments.length == 1
                ? StepListener.NONE
                : dyingAt(StepPoint.valueOf(arguments[1]), Long.parseLong(arguments[2]));
        try (var clients = new KafkaClients(settings);
                var service = new TrainerService(settings, clients, new SimpleMeterRegistry(), listener)) {
            settings.check();
            service.start();
            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> service.finished() || !service.live());
            System.exit(service.finished() ? 0 : 1);
        }
    }

    private static StepListener dyingAt(StepPoint point, long step) {
        return (reached, at) -> {
            if (reached == point && at == step) {
                // Nothing is closed, flushed or aborted.
                Runtime.getRuntime().halt(KILLED);
            }
        };
    }

    /**
     * Runs one to its end.
     *
     * @param log takes what it says
     * @return its exit code
     */
    static int run(Path log, List<String> arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dai.djl.offline=true",
                "-cp",
                System.getProperty("java.class.path"),
                MortalTrainer.class.getName()));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        try {
            if (!process.waitFor(PATIENCE)) {
                throw new IOException("the trainer with " + arguments + " did not end within " + PATIENCE);
            }
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }
}
