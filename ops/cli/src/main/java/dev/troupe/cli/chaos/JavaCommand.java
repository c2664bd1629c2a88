package dev.troupe.cli.chaos;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** The command line of another JVM that runs {@code troupe}, as this one was started. */
final class JavaCommand {

    private static final List<String> INHERITED = List.of("troupe.home", "logback.configurationFile");

    private JavaCommand() {}

    /** @param heap as of {@code -Xmx} */
    static List<String> troupe(String heap, List<String> arguments) {
        Properties here = System.getProperties();
        var command = new ArrayList<String>();
        command.add(Path.of(here.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "-Xmx" + heap,
                // Its lives are short: what costs at the start counts for more than what pays in the end.
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dai.djl.offline=true",
                "-Dai.djl.pytorch.num_threads=1",
                "-Djava.awt.headless=true"));
        for (String name : INHERITED) {
            if (here.getProperty(name) != null) {
                command.add("-D%s=%s".formatted(name, here.getProperty(name)));
            }
        }
        command.addAll(List.of("-cp", here.getProperty("java.class.path"), "dev.troupe.cli.Main"));
        command.addAll(arguments);
        return command;
    }
}
