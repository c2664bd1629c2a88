package dev.troupe.cli.tasks;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.schemas.MalformedRecordException;
import dev.troupe.schemas.TaskJson;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/** Feeds tasks into the input topic, keyed by their id. */
public final class TaskFeed {

    private TaskFeed() {}

    /** Reads a JSONL file, one task a line; blank lines are skipped. */
    public static List<Task> read(Path file) throws IOException {
        var tasks = new ArrayList<Task>();
        int number = 0;
        for (String line : Files.readAllLines(file)) {
            number++;
            if (!line.isBlank()) {
                try {
                    tasks.add(TaskJson.parse(line.getBytes(UTF_8)));
                } catch (MalformedRecordException e) {
                    throw new IOException("%s, line %d: %s".formatted(file, number, e.getMessage()), e);
                }
            }
        }
        return tasks;
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
