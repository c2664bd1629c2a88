package dev.troupe.reward.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.troupe.reward.sandbox.PythonProgram.Unit;
import dev.troupe.reward.sandbox.SandboxVerdict.Failed;
import dev.troupe.reward.sandbox.SandboxVerdict.Failure;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class BubblewrapSandboxIT extends SandboxContract {

    private static Optional<BubblewrapSandbox> sandbox = Optional.empty();

    @BeforeAll
    static void start() throws Exception {
        String problem = "";
        try {
            sandbox = Optional.of(
                    BubblewrapSandbox.start(SandboxOptions.defaults().within(DEADLINE)));
        } catch (SandboxUnavailableException e) {
            problem = String.valueOf(e.getMessage());
        }
        assumeTrue(sandbox.isPresent(), "bubblewrap does not run here: " + problem);
    }

    @AfterAll
    static void stop() {
        sandbox.ifPresent(BubblewrapSandbox::close);
    }

    @Override
    Sandbox sandbox() {
        return sandbox.orElseThrow();
    }

    /** A pipe holds 64 KiB: what does not fit waits for a reader that never comes. */
    @Test
    void aProgramThatKeepsTheHarnessFromReadingEndsInTime() throws Exception {
        var deaf = new Unit("main", "import posix, time\nposix.read = lambda *_: time.sleep(1000)\n");
        String tooLong = "'" + "x".repeat(90_000) + "'";
        long started = System.nanoTime();

        SandboxVerdict verdict = sandbox().run(new PythonProgram("", List.of(deaf), List.of("1", tooLong, tooLong)));

        assertThat(verdict)
                .isInstanceOfSatisfying(
                        Failed.class, failed -> assertThat(failed.failure()).isEqualTo(Failure.TIMEOUT));
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(DEADLINE.plusSeconds(3));
    }

    @Test
    void theValuesOfARunAreBoundedTogether() throws Exception {
        var generous = new Unit("main", "def main():\n    return 'x' * 500000\n");

        SandboxVerdict verdict =
                sandbox().run(new PythonProgram("", List.of(generous), Collections.nCopies(20, "main()")));

        assertThat(verdict)
                .isInstanceOfSatisfying(
                        Failed.class, failed -> assertThat(failed.failure()).isEqualTo(Failure.OUTPUT));
    }
}
