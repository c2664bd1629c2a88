package dev.troupe.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.troupe.reward.environment.Environment;
import dev.troupe.reward.environment.Environments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The example of a user's own environment, as its README says: the jar in a folder, and the launcher as it is. */
@Timeout(120)
class PluginIT {

    private static final Path HOME = Path.of("..", "..").toAbsolutePath().normalize();
    private static final Path EXAMPLE = HOME.resolve(Path.of("ops", "examples", "environment-plugin"));

    @TempDir
    private Path home;

    private Path plugins;

    /** What a process printed, and how it ended. */
    private record Ended(int code, String out, String err) {}

    /** A checkout whose build is done, without its sources. */
    @BeforeEach
    void layOut() throws IOException {
        Path target = Files.createDirectories(home.resolve(Path.of("ops", "cli", "target")));
        Path built = HOME.resolve(Path.of("ops", "cli", "target"));
        Files.copy(HOME.resolve("troupe"), home.resolve("troupe"));
        Files.createSymbolicLink(target.resolve("cli.jar"), built.resolve("cli.jar"));
        Files.createSymbolicLink(target.resolve("lib"), built.resolve("lib"));
        Files.createFile(target.resolve("built"));
        plugins = Files.createDirectory(home.resolve("plugins"));
    }

    /** Links into the build are taken away by us, lest whoever clears the folder follows them. */
    @AfterEach
    void unlink() throws IOException {
        for (String link : List.of("cli.jar", "lib")) {
            Files.deleteIfExists(home.resolve(Path.of("ops", "cli", "target", link)));
        }
    }

    @Test
    void theExampleJudgesWhenItsJarIsInTheFolder() throws Exception {
        assertThat(Environments.load().names())
                .as("the jar is not here already")
                .doesNotContain("units");
        Files.copy(EXAMPLE.resolve(Path.of("target", "units.jar")), plugins.resolve("units.jar"));

        Ended score = troupe(List.of(
                "score",
                "--environment",
                "units",
                EXAMPLE.resolve("completions.jsonl").toString()));

        assertThat(score.code()).as(score.err()).isZero();
        List<JsonNode> lines = new ArrayList<>();
        for (String line : score.out().lines().toList()) {
            lines.add(new ObjectMapper().readTree(line));
        }
        assertThat(lines).extracting(line -> line.get("id").asText()).containsExactly("right", "contradicted", "wrong");
        assertThat(lines).extracting(line -> line.get("reward").asDouble()).containsExactly(1.0, 0.7, 0.2);
        assertThat(lines.getFirst().get("terms").get("agreed").asDouble()).isEqualTo(1.0);
    }

    @Test
    void aBrokenJarIsNamedBeforeTheServiceStarts() throws Exception {
        Path jar = plugins.resolve("broken.jar");
        try (var stream = new JarOutputStream(Files.newOutputStream(jar))) {
            stream.putNextEntry(new JarEntry("META-INF/services/" + Environment.class.getName()));
            stream.write("com.example.Missing\n".getBytes(UTF_8));
        }

        Ended service = troupe(List.of("service", "reward"));

        assertThat(service.code()).as(service.err()).isEqualTo(2);
        assertThat(service.err())
                .contains("Provider com.example.Missing not found")
                .contains(jar.toString());
        assertThat(service.out() + service.err()).doesNotContain("\tat ");
    }

    @Test
    void aFolderThatIsNotThereIsNamed() throws Exception {
        Ended ended = troupe(List.of("--version"), home.resolve("nowhere").toString());

        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.err()).contains("TROUPE_PLUGINS").contains("nowhere");
    }

    private Ended troupe(List<String> arguments) throws Exception {
        return troupe(arguments, "");
    }

    private Ended troupe(List<String> arguments, String folder) throws Exception {
        var line = new ArrayList<>(List.of("bash", home.resolve("troupe").toString()));
        line.addAll(arguments);
        var builder = new ProcessBuilder(line)
                .directory(home.toFile())
                .redirectOutput(home.resolve("out.txt").toFile())
                .redirectError(home.resolve("err.txt").toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("TROUPE_PLUGINS", folder);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(90, TimeUnit.SECONDS)).as("ended").isTrue();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        return new Ended(
                process.exitValue(),
                Files.readString(home.resolve("out.txt"), UTF_8),
                Files.readString(home.resolve("err.txt"), UTF_8));
    }
}
