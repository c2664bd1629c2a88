package dev.troupe.cli.tasks;

import dev.troupe.cli.settings.SettingOptions;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.TopicProvisioner;
import dev.troupe.schemas.TaskJson;
import dev.troupe.schemas.avro.Task;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code troupe tasks FILE}. */
@Command(
        name = "tasks",
        mixinStandardHelpOptions = true,
        description =
                "Feed a JSONL file of tasks into the input topic; every line is checked before the first is sent.")
public final class TasksCommand implements Callable<Integer> {

    private static final Duration CLUSTER_WITHIN = Duration.ofSeconds(10);

    @Parameters(index = "0", paramLabel = "FILE", description = "one JSON task a line")
    private Path file = Path.of("tasks.jsonl");

    @Mixin
    private SettingOptions options = new SettingOptions();

    @Override
    public Integer call() throws Exception {
        List<Task> tasks = TaskJson.read(file);
        var settings = options.load();
        try (var clients = new KafkaClients(settings)) {
            settings.check();
            TopicProvisioner.verify(clients, CLUSTER_WITHIN);
            TaskFeed.send(clients, tasks);
        }
        System.out.printf("%d tasks fed%n", tasks.size());
        return 0;
    }
}
