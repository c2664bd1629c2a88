package dev.troupe.cli.tasks;

import dev.troupe.reward.coding.TaskCheck;
import dev.troupe.reward.coding.benchmark.BenchmarkFile;
import dev.troupe.reward.coding.benchmark.Problem;
import dev.troupe.reward.sandbox.OwnedSandbox;
import dev.troupe.reward.sandbox.SandboxOptions;
import dev.troupe.reward.sandbox.SandboxUnavailableException;
import dev.troupe.reward.sandbox.Sandboxes;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Tries out the problems of a benchmark, telling how far it is. */
final class ProblemCheck {

    /** For all tests of a problem together; solutions that need seconds exist. */
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private static final int TELL_EVERY = 20;

    private final PrintWriter terminal;

    ProblemCheck(PrintWriter terminal) {
        this.terminal = terminal;
    }

    /** @throws IOException when there are problems that cannot be played; the message names each with its line */
    void check(Path file, List<Problem> problems)
            throws IOException, SandboxUnavailableException, InterruptedException {
        var refusals = new ArrayList<String>();
        int checked = 0;
        try (OwnedSandbox sandbox = new Sandboxes(SandboxOptions.defaults().within(DEADLINE)).start()) {
            var check = new TaskCheck(sandbox);
            for (Problem problem : problems) {
                Optional<String> refusal = problem.reference().isPresent()
                        ? check.refusal(problem.task(), problem.reference().get())
                        : check.refusal(problem.task());
                refusal.ifPresent(reason ->
                        refusals.add("%s, line %d: %s: %s".formatted(file, problem.line(), problem.taskId(), reason)));
                if (++checked % TELL_EVERY == 0 || checked == problems.size()) {
                    terminal.printf(
                            "%d of %d problems checked, %d refused%n", checked, problems.size(), refusals.size());
                    terminal.flush();
                }
            }
        }
        if (!refusals.isEmpty()) {
            throw new IOException(BenchmarkFile.summary(refusals));
        }
    }
}
