package dev.troupe.reward.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.schemas.avro.RewardWeights;
import dev.troupe.schemas.avro.RoleObservation;
import dev.troupe.schemas.avro.Step;
import dev.troupe.schemas.avro.Task;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentLoaderTest {

    @TempDir
    private Path directory;

    @Test
    void findsWhatIsDeclared() throws Exception {
        try (var loader = declaring(Fine.class.getName())) {
            assertThat(EnvironmentLoader.load(loader))
                    .extracting(Environment::name)
                    .contains("fine", "writing");
        }
    }

    @Test
    void namesEveryOneThatCannotBeUsedAndTheJars() throws Exception {
        try (var loader = declaring(
                "com.example.Missing",
                EnvironmentLoaderTest.class.getName(),
                Hidden.class.getName(),
                Throwing.class.getName(),
                Nameless.class.getName(),
                Shouting.class.getName(),
                Impostor.class.getName())) {
            assertThatThrownBy(() -> EnvironmentLoader.load(loader))
                    .isInstanceOf(BrokenEnvironmentException.class)
                    .hasMessageContaining("Provider com.example.Missing not found")
                    .hasMessageContaining("EnvironmentLoaderTest not a subtype")
                    .hasMessageContaining("Hidden")
                    .hasMessageContaining(
                            "Throwing could not be instantiated: java.lang.IllegalStateException: no licence")
                    .hasMessageContaining("name() is null")
                    .hasMessageContaining("name() is 'LOUD NAME'; a name has 1 to 64 of a-z, 0-9")
                    .hasMessageContaining("'writing' is the name of two")
                    .hasMessageContaining(directory.toString())
                    .hasMessageContaining("Repair the jar or take it off the class path");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"no class at all!", "class Name extends"})
    void aDeclarationThatNobodyCanReadIsNamed(String line) throws Exception {
        try (var loader = declaring(line)) {
            assertThatThrownBy(() -> EnvironmentLoader.load(loader))
                    .isInstanceOf(BrokenEnvironmentException.class)
                    .hasMessageContaining(directory.toString());
        }
    }

    @Test
    void aClassThatDoesNotLinkIsNamed() throws Exception {
        Path file = directory.resolve("com/example/Torn.class");
        Files.createDirectories(file.getParent());
        // The magic number and a class file version of the far future.
        Files.write(file, new byte[] {(byte) 0xCA, (byte) 0xFE, (byte) 0xBA, (byte) 0xBE, 0, 0, 1, 0, 0, 1});
        try (var loader = declaring("com.example.Torn")) {
            assertThatThrownBy(() -> EnvironmentLoader.load(loader))
                    .isInstanceOf(BrokenEnvironmentException.class)
                    .hasMessageContaining("com/example/Torn");
        }
    }

    /** A class path with one folder more, as a jar of that content would be. */
    private URLClassLoader declaring(String... lines) throws Exception {
        Path file = directory.resolve("META-INF/services/" + Environment.class.getName());
        Files.createDirectories(file.getParent());
        Files.writeString(file, String.join("\n", lines));
        return new URLClassLoader(
                new URL[] {directory.toUri().toURL()}, getClass().getClassLoader());
    }

    /** A whole environment; the others each have one thing wrong. */
    public static class Fine implements Environment {
        @Override
        public String name() {
            return "fine";
        }

        @Override
        public List<String> roles(Task task) {
            return List.of("a");
        }

        @Override
        public List<RoleObservation> begin(Task task) {
            return List.of();
        }

        @Override
        public RewardWeights weights() {
            return new RewardWeights(1.0, 0.0, 0.0);
        }

        @Override
        public int maxCompletionLength() {
            return 10;
        }

        @Override
        public Outcome judge(Step step, Judging judging) {
            throw new UnsupportedOperationException("judges nothing");
        }
    }

    static final class Hidden extends Fine {
        private Hidden() {}
    }

    public static final class Throwing extends Fine {
        public Throwing() {
            throw new IllegalStateException("no licence");
        }
    }

    public static final class Nameless extends Fine {
        @Override
        @SuppressWarnings("NullAway") // what a plug-in without NullAway does
        public String name() {
            return null;
        }
    }

    public static final class Shouting extends Fine {
        @Override
        public String name() {
            return "LOUD NAME";
        }
    }

    public static final class Impostor extends Fine {
        @Override
        public String name() {
            return "writing";
        }
    }
}
