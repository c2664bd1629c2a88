package dev.troupe.cli.tasks;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.troupe.cli.settings.SettingOptions;
import dev.troupe.reward.coding.benchmark.BenchmarkFile;
import dev.troupe.reward.coding.benchmark.BenchmarkFormat;
import dev.troupe.reward.coding.benchmark.Problem;
import dev.troupe.reward.world.TaskLines;
import dev.troupe.schemas.avro.Task;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code troupe tasks import FILE}. */
@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        description = {
            "Make tasks of a coding benchmark's file, as it is published: JSONL or a JSON array, gzipped or not.",
            "They are fed into the input topic, or with --out written to a file of tasks, which needs no cluster.",
            "Every problem is looked at before the first is sent."
        })
final class ImportCommand implements Callable<Integer> {

    private static final List<String> SCORERS = List.of("strict", "compatible");

    @Parameters(index = "0", paramLabel = "FILE", description = "the benchmark's file")
    private Path file = Path.of("");

    @Option(
            names = "--format",
            required = true,
            paramLabel = "FORMAT",
            converter = FormatName.class,
            description = "humaneval, coop (CoopHumanEval) or mbpp")
    private BenchmarkFormat format = BenchmarkFormat.HUMANEVAL;

    @Option(names = "--out", paramLabel = "FILE", description = "write the tasks here, one a line, and feed nothing")
    private @Nullable Path out;

    @Option(
            names = "--scorer",
            paramLabel = "SCORER",
            description = "the rules they are judged by: strict or compatible (default: the environment's)")
    private @Nullable String scorer;

    @Option(
            names = "--check",
            description = "first try all tests out in the sandbox, on the solutions where there are some")
    private boolean check;

    @Mixin
    private SettingOptions options = new SettingOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
        if (scorer != null && !SCORERS.contains(scorer)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--scorer is '%s', not one of: %s".formatted(scorer, String.join(", ", SCORERS)));
        }
        List<Problem> problems = BenchmarkFile.read(file, format);
        PrintWriter terminal = spec.commandLine().getOut();
        if (check) {
            new ProblemCheck(terminal).check(file, problems);
        }
        List<Task> tasks = problems.stream().map(this::task).toList();
        if (out == null) {
            TaskFeed.send(options.load(), tasks);
            terminal.printf("%d tasks fed%n", tasks.size());
        } else {
            write(out, tasks);
            terminal.printf("%d tasks written to %s%n", tasks.size(), out);
        }
        terminal.flush();
        return 0;
    }

    private Task task(Problem problem) {
        Task task = problem.task();
        if (scorer == null) {
            return task;
        }
        var fields = new HashMap<>(task.getFields());
        fields.put("scorer", scorer);
        return Task.newBuilder(task).setFields(fields).build();
    }

    private static void write(Path out, List<Task> tasks) throws IOException {
        Files.writeString(out, TaskLines.of(tasks), UTF_8);
    }

    /** Takes the names that {@code --help} lists. */
    static final class FormatName implements ITypeConverter<BenchmarkFormat> {

        @Override
        public BenchmarkFormat convert(String name) {
            return Arrays.stream(BenchmarkFormat.values())
                    .filter(format -> format.label().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException("'%s' is not one of: %s"
                            .formatted(
                                    name,
                                    Arrays.stream(BenchmarkFormat.values())
                                            .map(BenchmarkFormat::label)
                                            .collect(Collectors.joining(", ")))));
        }
    }
}
