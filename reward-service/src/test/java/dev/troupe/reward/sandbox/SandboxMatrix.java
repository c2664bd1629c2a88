package dev.troupe.reward.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.reward.sandbox.PythonProgram.Unit;
import dev.troupe.reward.sandbox.PythonValue.Bool;
import dev.troupe.reward.sandbox.PythonValue.Int;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult.NotAValue;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult.Raised;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult.Returned;
import dev.troupe.reward.sandbox.SandboxVerdict.Failed;
import dev.troupe.reward.sandbox.SandboxVerdict.Finished;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs every hostile program, and after each asks three things: it did not pass, it was over in time, and nothing is
 * left of it. What came of them goes into the table of SANDBOX.md.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class SandboxMatrix {

    static final Duration LIMIT = Duration.ofSeconds(1);
    private static final String PASS = "PASS";
    private static final String HONEST = "def main(x):\n    return 2 * x\n";

    /** What a program would leave where it found a way out. */
    private static final List<Path> TRACES = List.of(
            Path.of("/tmp/raw"),
            Path.of("/tmp/link"),
            Path.of("/tmp/full"),
            Path.of("/tmp/channel"),
            Path.of("/tmp/sitecustomize.py"),
            Path.of("/dev/shm/channel"),
            Path.of("/var/tmp/channel"),
            Path.of("/out"),
            Path.of("core"));

    private final SplittableRandom random = new SplittableRandom(7);
    private final MatrixTable table = new MatrixTable(column());

    abstract OwnedSandbox sandbox();

    /** The sandbox's name in the table. */
    abstract String column();

    /** Outcomes of which one is expected; empty where any but a pass will do. */
    abstract List<String> expected(HostileProgram program);

    /** How long after the limit a run may end. */
    abstract Duration margin();

    /** Processes that a sandbox keeps between runs. */
    abstract int residents();

    static SandboxOptions options() {
        return SandboxOptions.defaults().within(LIMIT);
    }

    static List<HostileProgram> programs() {
        return HostileProgram.all();
    }

    @ParameterizedTest
    @MethodSource("programs")
    void noHostileProgramPassesOrLastsOrLeavesAnything(HostileProgram program) throws Exception {
        // It also gives a sandbox the time to be whole again, which is not the hostile program's.
        assertThat(outcome(HONEST, Duration.ofMinutes(1)))
                .as("an honest program before")
                .isEqualTo(PASS);
        String mounts = Files.readString(Path.of("/proc/self/mountinfo"));
        List<Path> traces = TRACES.stream().filter(Files::notExists).toList();
        Path bait = Files.writeString(Files.createTempFile("bait", ".txt"), "bait");
        String outcome = "";
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            for (String text : program.runs()) {
                outcome = outcome(
                        text.replace("{PORT}", Integer.toString(server.getLocalPort()))
                                .replace(
                                        "{PID}",
                                        Long.toString(ProcessHandle.current().pid()))
                                .replace("{BAIT}", bait.toString()),
                        LIMIT.plus(margin()));
                assertThat(outcome).as("%s, random seed 7", program).isNotEqualTo(PASS);
            }
        } finally {
            Files.delete(bait);
        }
        table.add(program, outcome);

        assertThat(ProcessHandle.current().descendants()).hasSizeLessThanOrEqualTo(residents());
        assertThat(traces).allMatch(Files::notExists);
        assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).isEqualTo(mounts);
        assertThat(cgroups()).isEmpty();
        if (!expected(program).isEmpty()) {
            assertThat(outcome).isIn(expected(program));
        }
    }

    /** Writes the table, at the end of all tests. */
    void publish() throws IOException {
        table.write();
    }

    private String outcome(String text, Duration most) throws Exception {
        long argument = random.nextLong(1L << 52, 1L << 53);
        PythonValue right = Int.of(2 * argument);
        var script = new Script("""
                def run(candidate, input):
                    return candidate('main', input) == %s
                """.formatted(right.literal()), Int.of(argument));
        var program = new PythonProgram(
                HostileProgram.prelude(),
                List.of(new Unit("main", text)),
                List.of("main(%d)".formatted(argument)),
                Optional.of(script));
        long started = System.nanoTime();
        SandboxVerdict verdict = sandbox().run(program);
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(most);
        return switch (verdict) {
            case Failed failed -> failed.failure().name();
            case Finished finished ->
                finished.script().equals(Optional.of(new Returned(new Bool(true))))
                        ? PASS
                        : name(finished.calls().getFirst(), right);
        };
    }

    private static String name(CallResult result, PythonValue right) {
        return switch (result) {
            case Returned(PythonValue value) -> value.pythonEquals(right) ? PASS : "wrong value";
            case NotAValue _ -> "no plain value";
            case Raised(String type, var _) -> type.matches("\\w+") ? type : "an exception";
        };
    }

    private static List<Path> cgroups() throws Exception {
        var found = new ArrayList<Path>();
        ControlGroups groups = ControlGroups.find(Optional.empty(), Bounds.defaults());
        for (Optional<Path> parent : List.of(groups.pids(), groups.memory())) {
            if (parent.isPresent()) {
                try (var children = Files.newDirectoryStream(parent.get(), ControlGroups.OURS + "*")) {
                    children.forEach(found::add);
                }
            }
        }
        return found;
    }

    @Test
    void theTableHasEveryCategory() {
        assertThat(programs().stream().map(HostileProgram::category).distinct().toList())
                .hasSize(HostileProgram.CATEGORIES)
                .startsWith(1)
                .endsWith(HostileProgram.CATEGORIES);
    }
}
