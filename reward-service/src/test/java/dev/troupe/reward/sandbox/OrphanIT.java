package dev.troupe.reward.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OrphanIT {

    private static final Duration ENOUGH = Duration.ofMillis(500);

    @ParameterizedTest
    @EnumSource(names = "AUTO", mode = EnumSource.Mode.EXCLUDE)
    void noChildOutlivesAParentThatIsKilled(SandboxKind kind) throws Exception {
        assumeTrue(kind == SandboxKind.GRAALPY || bubblewrapRuns(), "bubblewrap does not run here");
        Process parent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SandboxHolder.class.getName(),
                        kind.name())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            await().atMost(Duration.ofMinutes(1)).until(() -> busy(parent));
            List<ProcessHandle> children = parent.toHandle().descendants().toList();
            assertThat(children).isNotEmpty();

            parent.destroyForcibly();

            for (ProcessHandle child : children) {
                child.onExit().get(10, TimeUnit.SECONDS);
            }
            assertThat(children).noneMatch(ProcessHandle::isAlive);
        } finally {
            parent.destroyForcibly();
        }
    }

    /** Whether a process below it computes without end, which nothing but the program does. */
    private static boolean busy(Process parent) {
        return parent.toHandle()
                .descendants()
                .anyMatch(child ->
                        child.info().totalCpuDuration().orElse(Duration.ZERO).compareTo(ENOUGH) > 0);
    }

    private static boolean bubblewrapRuns() throws InterruptedException {
        try (BubblewrapSandbox _ = BubblewrapSandbox.start(SandboxOptions.defaults())) {
            return true;
        } catch (SandboxUnavailableException _) {
            return false;
        }
    }
}
