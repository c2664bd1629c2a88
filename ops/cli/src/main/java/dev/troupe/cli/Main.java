package dev.troupe.cli;

import java.util.Set;
import picocli.CommandLine;

/** Entry point of the troupe command; exit codes: 0 ok, 1 failure, 2 bad usage or configuration. */
public final class Main {

    /** Commands that report on the terminal, so their log goes to a file. */
    private static final Set<String> DRAWING =
            Set.of("audit", "bench", "chaos", "demo", "rescore", "score", "up", "warm-start");

    private Main() {}

    public static void main(String... args) {
        if (args.length > 0 && DRAWING.contains(args[0])) {
            System.setProperty("troupe.log.appender", "FILE");
        }
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new TroupeCommand())
                .setExecutionExceptionHandler(new Failures())
                .setCaseInsensitiveEnumValuesAllowed(true);
    }
}
