package dev.troupe.cli.bench.frame;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A mixin: progress and a table on the terminal, all that was measured in a file, and checks of options. */
public final class BenchFrame {

    @Option(names = "--json", paramLabel = "FILE", description = "Write all that was measured.")
    private @Nullable Path json;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    /** Writes a file. */
    @FunctionalInterface
    public interface JsonWriter {
        void write(Path file) throws IOException;
    }

    /** Says at once how far it is. */
    public void progress(String line) {
        PrintWriter terminal = terminal();
        terminal.println(line);
        terminal.flush();
    }

    /** Prints the table, and writes the file if one was named. */
    public void show(Object table, JsonWriter report) throws IOException {
        PrintWriter terminal = terminal();
        terminal.println();
        terminal.print(table);
        terminal.flush();
        if (json != null) {
            report.write(json);
        }
    }

    private PrintWriter terminal() {
        return command.commandLine().getOut();
    }

    /** @throws ParameterException when the value is not from {@code least} to {@code most} */
    public void between(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw bad("%s must be between %,d and %,d, not %,d".formatted(option, least, most, value));
        }
    }

    /** @throws ParameterException when it cannot be run; a bare name is looked up on the PATH when it is started */
    public void program(String option, @Nullable Path program) {
        if (program != null && program.getNameCount() > 1 && !Files.isExecutable(program)) {
            throw bad("%s must name a program, and cannot run %s".formatted(option, program));
        }
    }

    /** What to throw at bad usage. */
    public ParameterException bad(String message) {
        return new ParameterException(command.commandLine(), message);
    }
}
