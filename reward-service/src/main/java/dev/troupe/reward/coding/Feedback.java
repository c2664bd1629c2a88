package dev.troupe.reward.coding;

import dev.troupe.reward.sandbox.SandboxVerdict.Failed;
import dev.troupe.reward.sandbox.SandboxVerdict.Finished;
import dev.troupe.reward.sandbox.SandboxVerdict.UnitResult;
import dev.troupe.schemas.avro.Message;
import java.util.ArrayList;
import java.util.List;

/**
 * What a role is told after a turn: how its own text loaded, how the tests went, and the messages sent to it. Never the
 * hidden answer, and never the other role's text.
 */
final class Feedback {

    private final CodingTask task;
    private final JudgedProgram program;

    Feedback(JudgedProgram program) {
        this.task = program.task();
        this.program = program;
    }

    /** @param received messages to the role, in order */
    String to(String role, List<Message> received) {
        String function = task.functionOf(role);
        var lines = new ArrayList<String>();
        switch (program.run().verdict()) {
            case Failed failed ->
                lines.add(
                        switch (failed.failure()) {
                            case TIMEOUT, CPU -> "The program did not end in time.";
                            case MEMORY -> "The program used too much memory.";
                            case PROCESSES -> "The program started too many processes or threads.";
                            case OUTPUT -> "The program printed too much.";
                            case DISK -> "The program wrote too much to files.";
                            case CRASHED, PROTOCOL -> "The program broke the interpreter.";
                        });
            case Finished(List<UnitResult> units, var _, var _) -> {
                UnitResult own = units.get(task.roles().indexOf(role));
                if (!own.error().isEmpty()) {
                    lines.add("Your text does not load: " + Told.shown(own.error()));
                } else if (!own.defined()) {
                    lines.add("Your text does not define the function %s.".formatted(function));
                }
                tests(lines);
            }
        }
        received.forEach(message -> lines.add("Message from %s: %s"
                .formatted(message.getFrom(), message.getContent().strip())));
        lines.add("Write the function %s again.".formatted(function));
        return String.join("\n", lines);
    }

    private void tests(List<String> lines) {
        TestRun run = program.run();
        lines.add("%d of %d tests pass.".formatted(run.passed(), run.total()));
        if (run.allPassed()) {
            lines.add(program.advice());
            return;
        }
        run.outcomes().stream()
                .filter(outcome -> !outcome.passed())
                .findFirst()
                .map(TestOutcome::told)
                .filter(told -> !told.isEmpty())
                .ifPresent(lines::add);
    }
}
