package dev.troupe.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.DeadLetters;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.QueueProtocol;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkerDeathIT {

    private static final int DELIVERY_LIMIT = 2;

    @TempDir
    Path dir;

    /** No broker counts for a consumer group: the count has to outlive each of the processes in the queue's commits. */
    @Test
    void setsARecordAsideThatKillsItsWorkersAndKeepsItsNeighbours() throws Exception {
        try (var cluster = LocalCluster.start(dir.resolve("cluster"), 0, 0);
                var clients = new KafkaClients(Settings.of(cluster.settings()))) {
            QueueRecords.send(clients, "before", "killer", "after");
            Path handled = dir.resolve("handled");
            Path log = dir.resolve("log");
            for (int death = 1; death <= DELIVERY_LIMIT; death++) {
                Process worker = QueueWorker.start(cluster, QueueProtocol.CONSUMER, DELIVERY_LIMIT, handled, log);
                try {
                    assertThat(worker.waitFor(60, TimeUnit.SECONDS))
                            .as("death %d; %s", death, Files.readString(log))
                            .isTrue();
                    assertThat(worker.exitValue()).isEqualTo(137);
                } finally {
                    worker.destroyForcibly().waitFor();
                }
            }

            Process last = QueueWorker.start(cluster, QueueProtocol.CONSUMER, DELIVERY_LIMIT, handled, log);
            try {
                await().atMost(Duration.ofSeconds(60))
                        .untilAsserted(
                                () -> assertThat(Files.readAllLines(handled)).contains("after"));
            } finally {
                last.destroyForcibly().waitFor();
            }

            assertThat(Files.readAllLines(handled)).containsExactly("before", "killer", "before", "killer", "after");
            assertThat(QueueRecords.letters(clients)).singleElement().satisfies(letter -> {
                assertThat(DeadLetters.text(letter.headers(), DeadLetters.REASON))
                        .contains("delivery-limit");
                assertThat(DeadLetters.text(letter.headers(), DeadLetters.OFFSET))
                        .contains("1");
            });
        }
    }
}
