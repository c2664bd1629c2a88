package dev.troupe.reward.sandbox;

import dev.troupe.reward.sandbox.PythonProgram.Unit;
import dev.troupe.reward.sandbox.PythonValue.Bool;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult.Returned;
import dev.troupe.reward.sandbox.SandboxVerdict.Finished;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Probes that must not get out of the namespaces, run before any program of a model is. */
final class BubblewrapSelfTest {

    private static final String ATTEMPT = """
            import os
            def main(x):
                return x + 1
            def fails(step):
                try:
                    step()
                    return False
                except OSError:
                    return True
            def connect(port):
                import _socket
                with _socket.socket() as way:
                    way.settimeout(1)
                    way.connect(('127.0.0.1', port))
            """;

    private BubblewrapSelfTest() {}

    /** @throws SandboxUnavailableException naming what holds not, or what keeps the sandbox from running anything */
    static void check(Sandbox sandbox, Path folder) throws SandboxUnavailableException, InterruptedException {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Path bait = Files.writeString(folder.resolve("bait"), "bait");
            check(sandbox, probes(new PythonValue.Text(bait.toString()).literal(), server.getLocalPort()));
        } catch (IOException e) {
            throw new SandboxUnavailableException("cannot lay out what a probe looks for: " + e.getMessage(), e);
        }
    }

    private static void check(Sandbox sandbox, List<Probe> probes)
            throws SandboxUnavailableException, InterruptedException {
        var calls = new ArrayList<>(probes.stream().map(Probe::holds).toList());
        calls.add("main(41) == 42");
        SandboxVerdict verdict = sandbox.run(new PythonProgram("", List.of(new Unit("main", ATTEMPT)), calls));
        if (!(verdict instanceof Finished(var units, List<CallResult> results, var _))
                || !isTrue(results.getLast())
                || units.getFirst().entered() != 1) {
            throw new SandboxUnavailableException("bubblewrap does not run a program: " + verdict);
        }
        for (int i = 0; i < probes.size(); i++) {
            if (!isTrue(results.get(i))) {
                throw new SandboxUnavailableException("a program in the bubblewrap sandbox %s: %s"
                        .formatted(probes.get(i).deed(), results.get(i)));
            }
        }
    }

    private static boolean isTrue(CallResult result) {
        return result.equals(new Returned(new Bool(true)));
    }

    private static List<Probe> probes(String bait, int port) {
        return List.of(
                new Probe("reads a file of the machine", "fails(lambda: open(%s))".formatted(bait)),
                new Probe("reads /etc", "fails(lambda: os.listdir('/etc'))"),
                new Probe("sees processes", "fails(lambda: os.listdir('/proc'))"),
                new Probe("sees devices", "fails(lambda: os.listdir('/dev'))"),
                new Probe("writes outside its folder", "fails(lambda: open('/x', 'w'))"),
                new Probe("writes to the library", "fails(lambda: open(os.__file__, 'a'))"),
                new Probe("reaches a port of the machine", "fails(lambda: connect(%d))".formatted(port)),
                new Probe("is root", "os.getuid() != 0 and os.geteuid() != 0"),
                new Probe("is in the machine's process namespace", "os.getpid() < 10"),
                new Probe("has an environment", "set(os.environ) <= {'PYTHONHASHSEED', 'LD_LIBRARY_PATH', 'PWD'}"));
    }

    /** @param holds an expression that is true where the deed fails */
    private record Probe(String deed, String holds) {}
}
