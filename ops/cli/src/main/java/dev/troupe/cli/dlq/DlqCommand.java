package dev.troupe.cli.dlq;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code troupe dlq}: the root of what can be done with dead letters. */
@Command(
        name = "dlq",
        mixinStandardHelpOptions = true,
        description = "List dead letters, show one, or feed them again.",
        subcommands = {ListCommand.class, ShowCommand.class, ReplayCommand.class})
public final class DlqCommand implements Runnable {

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        if (spec != null) {
            throw new ParameterException(spec.commandLine(), "say what to do: list, show or replay");
        }
    }
}
