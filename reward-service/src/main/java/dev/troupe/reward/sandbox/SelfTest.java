package dev.troupe.reward.sandbox;

import dev.troupe.reward.sandbox.PythonProgram.Unit;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult.Raised;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult.Returned;
import dev.troupe.reward.sandbox.SandboxVerdict.Finished;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Probes that must not get out of a child, run before any program of a model is. */
final class SelfTest {

    private static final int ANSWER = 42;

    private SelfTest() {}

    /** @throws SandboxUnavailableException naming the probe that got out */
    static void check(ChildProcess child, Duration deadline)
            throws SandboxUnavailableException, NotStartedException, InterruptedException {
        Path bait = child.directory().resolve("bait");
        try {
            Files.writeString(bait, "bait");
        } catch (IOException e) {
            throw new SandboxUnavailableException("cannot write to the child's directory: " + e.getMessage(), e);
        }
        String file = new PythonValue.Text(bait.toString()).literal();
        List<Probe> probes = List.of(
                new Probe("reads a file", "open(%s).read()".formatted(file)),
                new Probe("writes a file", "open(%s, 'w').write('x')".formatted(file)),
                new Probe("lists a directory", "__import__('os').listdir('/')"),
                new Probe("opens a socket", "__import__('_socket').socket().bind(('127.0.0.1', 0))"),
                new Probe("starts a process", "__import__('os').system('true')"),
                new Probe("starts a thread", "__import__('_thread').start_new_thread(print, ())"));
        var calls = new ArrayList<>(probes.stream().map(Probe::call).toList());
        calls.add("probe()");
        var program =
                new PythonProgram("", List.of(new Unit("probe", "def probe():\n    return " + ANSWER + "\n")), calls);
        SandboxVerdict verdict = child.run(program, deadline);
        if (!(verdict instanceof Finished(var units, List<CallResult> results, var _))) {
            throw new SandboxUnavailableException("the sandbox does not run a program: " + verdict);
        }
        for (int i = 0; i < probes.size(); i++) {
            if (!(results.get(i) instanceof Raised)) {
                throw new SandboxUnavailableException("a program in the sandbox %s: %s"
                        .formatted(probes.get(i).deed(), results.get(i)));
            }
        }
        if (!results.getLast().equals(new Returned(PythonValue.Int.of(ANSWER)))
                || units.getFirst().entered() != 1) {
            throw new SandboxUnavailableException("the sandbox does not run a program: " + results.getLast());
        }
    }

    private record Probe(String deed, String call) {}
}
