package dev.troupe.cli.tasks;

import dev.troupe.cli.settings.SettingOptions;
import dev.troupe.schemas.TaskJson;
import dev.troupe.schemas.avro.Task;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code troupe tasks FILE}. */
@Command(
        name = "tasks",
        mixinStandardHelpOptions = true,
        description =
                "Feed a JSONL file of tasks into the input topic; every line is checked before the first is sent.",
        subcommands = ImportCommand.class)
public final class TasksCommand implements Callable<Integer> {

    @Parameters(index = "0", arity = "0..1", paramLabel = "FILE", description = "one JSON task a line")
    private @Nullable Path file;

    @Mixin
    private SettingOptions options = new SettingOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
        if (file == null) {
            throw new ParameterException(spec.commandLine(), "Missing required parameter: 'FILE'");
        }
        List<Task> tasks = TaskJson.read(file);
        TaskFeed.send(options.load(), tasks);
        System.out.printf("%d tasks fed%n", tasks.size());
        return 0;
    }
}
