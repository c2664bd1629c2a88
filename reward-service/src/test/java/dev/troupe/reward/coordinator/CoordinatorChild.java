package dev.troupe.reward.coordinator;

import dev.troupe.reward.environment.Environments;
import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.KafkaClients;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** A coordinator in a process of its own, so that it can be killed. */
final class CoordinatorChild {

    private CoordinatorChild() {}

    /** @param args {@code key=value} settings */
    public static void main(String... args) throws InterruptedException {
        Map<String, String> given = new HashMap<>();
        for (String arg : args) {
            given.put(arg.substring(0, arg.indexOf('=')), arg.substring(arg.indexOf('=') + 1));
        }
        var settings = Settings.of(given);
        try (var clients = new KafkaClients(settings);
                var service = new CoordinatorService(
                        CoordinatorOptions.from(settings),
                        Environments.of(List.of(new TalkEnvironment())),
                        clients,
                        new SimpleMeterRegistry())) {
            service.start();
            new CountDownLatch(1).await();
        }
    }

    static Process start(Map<String, String> settings, File log) throws IOException {
        var command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                CoordinatorChild.class.getName()));
        settings.forEach((key, value) -> command.add(key + "=" + value));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                .start();
    }
}
