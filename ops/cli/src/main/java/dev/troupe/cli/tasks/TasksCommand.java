package dev.troupe.cli.tasks;

import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.TopicProvisioner;
import dev.troupe.schemas.TaskJson;
import dev.troupe.schemas.avro.Task;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
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

    @Option(names = "--config", paramLabel = "FILE", description = "properties file")
    private @Nullable Path config;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "a setting, on top of file and environment")
    private Map<String, String> overrides = new HashMap<>();

    @Override
    public Integer call() throws Exception {
        List<Task> tasks = TaskJson.read(file);
        var settings = Settings.load(config, System.getenv(), overrides);
        try (var clients = new KafkaClients(settings)) {
            settings.check();
            TopicProvisioner.verify(clients, CLUSTER_WITHIN);
            TaskFeed.send(clients, tasks);
        }
        System.out.printf("%d tasks fed%n", tasks.size());
        return 0;
    }
}
