package dev.troupe.local;

import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.QueueProtocol;
import dev.troupe.runtime.kafka.WorkQueue;
import dev.troupe.runtime.kafka.WorkQueueOptions;
import dev.troupe.schemas.TopicCatalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** A worker in a process of its own, which a record with the content {@code killer} ends at once, like SIGKILL. */
final class QueueWorker {

    private QueueWorker() {}

    /** Starts one; what it handles is appended to the file, a line each. */
    static Process start(LocalCluster cluster, QueueProtocol protocol, int deliveryLimit, Path handled, Path log)
            throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xshare:auto",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        QueueWorker.class.getName(),
                        cluster.bootstrapServers(),
                        cluster.registryUrl(),
                        protocol.name(),
                        Integer.toString(deliveryLimit),
                        handled.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    public static void main(String... args) throws InterruptedException {
        var settings = Settings.of(Map.of(
                "kafka.bootstrap.servers", args[0],
                "schema.registry.url", args[1],
                "kafka.heartbeat.interval.ms", "1000"));
        var options = new WorkQueueOptions(
                8, Duration.ofSeconds(6), Integer.parseInt(args[3]), QueueProtocol.valueOf(args[2]));
        Path handled = Path.of(args[4]);
        try (var clients = new KafkaClients(settings);
                var queue = WorkQueue.of(
                        clients,
                        TopicCatalog.JUDGES_GROUP,
                        TopicCatalog.MESSAGES,
                        options,
                        batch -> batch.forEach(message -> handle(message.getContent(), handled)))) {
            queue.start();
            // Until it is killed.
            new CountDownLatch(1).await();
        }
    }

    private static void handle(String content, Path handled) {
        try {
            Files.write(handled, List.of(content), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new IllegalStateException("cannot write " + handled, e);
        }
        if (content.equals("killer")) {
            Runtime.getRuntime().halt(137);
        }
    }
}
