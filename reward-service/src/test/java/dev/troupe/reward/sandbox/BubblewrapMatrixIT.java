package dev.troupe.reward.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.troupe.reward.sandbox.PythonProgram.Unit;
import dev.troupe.reward.sandbox.PythonValue.Bool;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult.Returned;
import dev.troupe.reward.sandbox.SandboxVerdict.Finished;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class BubblewrapMatrixIT extends SandboxMatrix {

    private Optional<BubblewrapSandbox> sandbox = Optional.empty();

    @BeforeAll
    void start() throws Exception {
        String problem = "";
        try {
            sandbox = Optional.of(BubblewrapSandbox.start(options()));
        } catch (SandboxUnavailableException e) {
            problem = String.valueOf(e.getMessage());
        }
        assumeTrue(sandbox.isPresent(), "bubblewrap does not run here: " + problem);
    }

    @AfterAll
    void stop() throws Exception {
        sandbox.ifPresent(BubblewrapSandbox::close);
        publish();
    }

    @Override
    OwnedSandbox sandbox() {
        return sandbox.orElseThrow();
    }

    @Override
    String column() {
        return "bubblewrap";
    }

    @Override
    Duration margin() {
        return Duration.ofSeconds(1);
    }

    @Override
    int residents() {
        return 0;
    }

    @Override
    List<String> expected(HostileProgram program) {
        return switch (program.name()) {
            case "01-infinite-loop", "02-sleep", "03-ignore-signals", "11-inodes", "18-stop-itself" ->
                List.of("TIMEOUT");
            // Without a pids cgroup the resource limit holds as well, but nobody is told.
            case "04-fork-bomb", "05-thread-bomb", "17-zombies" -> List.of("PROCESSES", "TIMEOUT");
            case "06-memory-lists", "06-memory-mmap", "13-bomb-zlib" ->
                // A machine that is slow enough does not get there in time.
                List.of("MEMORY", "TIMEOUT");
            case "09-flood-print", "09-flood-stderr" -> List.of("OUTPUT", "TIMEOUT");
            case "10-close-streams", "14-core-dump", "16-child-keeps-the-pipe", "29-exit-now" -> List.of("CRASHED");
            case "11-fill-disk" -> List.of("DISK", "TIMEOUT");
            case "33-forge", "33-forge-ahead" -> List.of("PROTOCOL");
            default -> List.of();
        };
    }

    /** Else the programs that make system calls of their own would show nothing. */
    @Test
    void programsCanMakeSystemCallsOfTheirOwn() throws Exception {
        assumeTrue(System.getProperty("os.arch").equals("amd64"), "machine code for x86-64");

        SandboxVerdict verdict = sandbox()
                .run(new PythonProgram(
                        HostileProgram.prelude(),
                        List.of(new Unit("main", "def main():\n    return raw(39) and reaches(39)\n")),
                        List.of("main()")));

        assertThat(verdict)
                .isInstanceOfSatisfying(
                        Finished.class,
                        finished -> assertThat(finished.calls()).containsExactly(new Returned(new Bool(true))));
    }
}
