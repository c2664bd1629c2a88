package dev.troupe.reward.coding;

import dev.troupe.reward.sandbox.SandboxVerdict.CallResult;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult.NotAValue;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult.Raised;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult.Returned;
import dev.troupe.reward.sandbox.SandboxVerdict.Failed;
import dev.troupe.reward.sandbox.SandboxVerdict.Finished;
import dev.troupe.reward.sandbox.SandboxVerdict.UnitResult;
import dev.troupe.schemas.avro.Message;
import java.util.ArrayList;
import java.util.List;

/**
 * What a role is told after a turn: how its own text loaded, how the tests went, and the messages sent to it. Never the
 * hidden answer, and never the other role's text: of an exception that a call raised only the class is told, because
 * its message is whatever the program's author wrote.
 */
final class Feedback {

    private static final int MAX_SHOWN = 200;

    private final ProgramResult result;

    Feedback(ProgramResult result) {
        this.result = result;
    }

    /** @param received messages to the role, in order */
    String to(String role, List<Message> received) {
        String function = result.task().functionOf(role);
        var lines = new ArrayList<String>();
        switch (result.verdict()) {
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
            case Finished(List<UnitResult> units, List<CallResult> calls, var _) -> {
                UnitResult own = units.get(result.task().roles().indexOf(role));
                if (!own.error().isEmpty()) {
                    lines.add("Your text does not load: " + shown(own.error()));
                } else if (!own.defined()) {
                    lines.add("Your text does not define the function %s.".formatted(function));
                }
                tests(lines, calls);
            }
        }
        received.forEach(message -> lines.add("Message from %s: %s"
                .formatted(message.getFrom(), message.getContent().strip())));
        lines.add("Write the function %s again.".formatted(function));
        return String.join("\n", lines);
    }

    private void tests(List<String> lines, List<CallResult> calls) {
        lines.add("%d of %d tests pass.".formatted(result.passed(), result.total()));
        if (result.allPassed()) {
            lines.add("The function helper was not called.");
            return;
        }
        int failing = result.firstFailing();
        String call = shown(result.task().assertions().get(failing).call());
        lines.add(
                switch (calls.get(failing)) {
                    case Returned(var value) -> "%s gave %s, which is wrong.".formatted(call, shown(value.literal()));
                    case NotAValue _ -> "%s gave something that is no plain value.".formatted(call);
                    case Raised raised -> "%s raised %s.".formatted(call, errorClass(raised.type()));
                });
    }

    private static String errorClass(String type) {
        return type.matches("[A-Z][A-Za-z]{0,40}(Error|Exit|Exception|Iteration|Interrupt|Warning)")
                ? type
                : "an exception";
    }

    private static String shown(String text) {
        return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "...";
    }
}
