package dev.troupe.cli.tasks;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.TopicProvisioner;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.Task;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/** Feeds tasks into the input topic, keyed by their id. */
public final class TaskFeed {

    private static final Duration CLUSTER_WITHIN = Duration.ofSeconds(10);

    private TaskFeed() {}

    /**
     * Sends the tasks to the cluster of the settings, once its topics are as they must be.
     *
     * @throws IOException when one was refused; those before it are in
     */
    static void send(Settings settings, List<Task> tasks) throws IOException, InterruptedException {
        try (var clients = new KafkaClients(settings)) {
            settings.check();
            TopicProvisioner.verify(clients, CLUSTER_WITHIN);
            send(clients, tasks);
        }
    }

    /**
     * Sends the tasks and returns when the cluster has all of them.
     *
     * @throws IOException when one was refused; those before it are in
     */
    public static void send(KafkaClients clients, List<Task> tasks) throws IOException, InterruptedException {
        try (var producer = clients.producer("troupe-tasks-feed", Map.of())) {
            var sent = new ArrayList<Future<RecordMetadata>>(tasks.size());
            for (Task task : tasks) {
                byte[] value = clients.codec().encode(TopicCatalog.TASKS, task);
                sent.add(producer.send(new ProducerRecord<>(
                        TopicCatalog.TASKS.name(), task.getTaskId().getBytes(UTF_8), value)));
            }
            for (int i = 0; i < sent.size(); i++) {
                try {
                    sent.get(i).get();
                } catch (ExecutionException e) {
                    throw new IOException(
                            "task %s was not accepted: %s"
                                    .formatted(tasks.get(i).getTaskId(), e.getCause()),
                            e);
                }
            }
        }
    }
}
