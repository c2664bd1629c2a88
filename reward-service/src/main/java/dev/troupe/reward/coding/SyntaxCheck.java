package dev.troupe.reward.coding;

import static dev.troupe.reward.coding.CodingPrompts.HELPER;

import dev.troupe.reward.coding.TextFacts.Definition;
import dev.troupe.reward.sandbox.PythonProgram;
import dev.troupe.reward.sandbox.PythonValue;
import dev.troupe.reward.sandbox.Sandbox;
import dev.troupe.reward.sandbox.SandboxUnavailableException;
import dev.troupe.reward.sandbox.SandboxVerdict;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult.Returned;
import dev.troupe.reward.sandbox.SandboxVerdict.Finished;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Has the syntax tree of every author's text looked at. In the sandbox, because parsing alone can be an attack. */
final class SyntaxCheck {

    private final CodingTask task;
    private final Sandbox sandbox;

    SyntaxCheck(CodingTask task, Sandbox sandbox) {
        this.task = task;
        this.sandbox = sandbox;
    }

    /** @param completions one per role of the task, in order */
    List<Part> parts(List<String> completions) throws SandboxUnavailableException, InterruptedException {
        List<List<String>> readings = new ArrayList<>();
        for (int i = 0; i < completions.size(); i++) {
            boolean mayGoOn =
                    !task.roles().get(i).equals(HELPER) && PromptText.beginsFunction(task.prompt(), task.entryPoint());
            readings.add(CodeText.readings(completions.get(i), mayGoOn ? task.prompt() : ""));
        }
        List<TextFacts> facts = facts(readings);
        return IntStream.range(0, readings.size())
                .mapToObj(i -> new Part(
                        task.roles().get(i),
                        function(i),
                        readings.get(i).get(facts.get(i).reading()),
                        facts.get(i)))
                .toList();
    }

    private List<TextFacts> facts(List<List<String>> readings)
            throws SandboxUnavailableException, InterruptedException {
        List<Fields> authors = IntStream.range(0, readings.size())
                .mapToObj(i -> author(readings.get(i), i))
                .toList();
        SandboxVerdict verdict = sandbox.run(PythonProgram.of(JudgeScripts.syntax(authors)));
        if (verdict instanceof Finished finished
                && finished.script().orElse(null) instanceof Returned(PythonValue value)) {
            return Fields.of(value).list("authors").stream()
                    .map(author -> read(Fields.of(author)))
                    .toList();
        }
        return readings.stream()
                .map(_ -> TextFacts.unknown("it could not be parsed: " + verdict))
                .toList();
    }

    private Fields author(List<String> readings, int index) {
        boolean hasPartner = task.hasHelper() && !task.roles().get(index).equals(HELPER);
        return new Fields()
                .with("texts", readings)
                .with("function", function(index))
                .with("partner", hasPartner ? task.helper() : "");
    }

    private String function(int index) {
        return task.functionOf(task.roles().get(index));
    }

    private static TextFacts read(Fields facts) {
        return new TextFacts(
                facts.number("text"),
                facts.flag("parses")
                        ? ""
                        : "%s (line %d, column %d)"
                                .formatted(facts.text("error"), facts.number("line"), facts.number("column")),
                Definition.valueOf(facts.text("definition").toUpperCase(Locale.ROOT)),
                facts.flag("gives_value"),
                facts.number("partner_calls"),
                facts.flag("partner_ignored"),
                facts.flag("partner_shadowed"),
                facts.flag("wrapper"));
    }
}
