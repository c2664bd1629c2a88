package dev.troupe.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The {@code docker} command as a child process with a deadline. Tests ask it what is there before they touch
 * Testcontainers, which retries a pull that cannot work for minutes.
 */
final class DockerCommand {

    private static final Duration QUICK = Duration.ofSeconds(15);
    private static final Duration PULL = Duration.ofMinutes(3);

    private DockerCommand() {}

    /**
     * What a command said.
     *
     * @param exitCode -1 when it could not be run or did not end in time
     * @param output of both streams, or what kept it from running
     */
    record Result(int exitCode, String output) {
        boolean worked() {
            return exitCode == 0;
        }

        String lastLine() {
            return output.strip().lines().reduce((_, line) -> line).orElse("no output");
        }
    }

    static Result run(Duration limit, String... arguments) throws InterruptedException {
        List<String> command =
                Stream.concat(Stream.of("docker"), Stream.of(arguments)).toList();
        try {
            // A file, not a pipe: a child of the command that keeps a pipe open would be waited for.
            Path output = Files.createTempFile("docker", ".txt");
            try {
                var process = new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
                if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                    process.destroyForcibly();
                    return new Result(-1, "no end within %d s".formatted(limit.toSeconds()));
                }
                return new Result(process.exitValue(), Files.readString(output, UTF_8));
            } finally {
                Files.deleteIfExists(output);
            }
        } catch (IOException e) {
            return new Result(-1, e.toString());
        }
    }

    /** Why containers of these images cannot be run here; pulls what is missing. */
    static Optional<String> obstacle(List<String> images) throws InterruptedException {
        Result engine = run(QUICK, "version", "--format", "{{.Server.Version}}");
        if (!engine.worked()) {
            return Optional.of("no Docker engine answers: " + engine.lastLine());
        }
        for (String image : images) {
            if (!run(QUICK, "image", "inspect", "--format", "{{.Id}}", image).worked()) {
                Result pull = run(PULL, "pull", "--quiet", image);
                if (!pull.worked()) {
                    return Optional.of(
                            "image %s is not here and cannot be pulled: %s".formatted(image, pull.lastLine()));
                }
            }
        }
        return Optional.empty();
    }
}
