package dev.troupe.reward.coding;

import dev.troupe.reward.sandbox.PythonProgram;
import dev.troupe.reward.sandbox.PythonProgram.Unit;
import dev.troupe.reward.sandbox.PythonValue.Bool;
import dev.troupe.reward.sandbox.Sandbox;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult.Returned;
import dev.troupe.reward.sandbox.SandboxVerdict.Finished;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The lines that the published scorer cuts out of a test, each run by itself and without what stood around it. */
final class PublishedTests implements TestForm {

    private final CodingTask task;
    private final String imports;
    private final List<String> lines;

    PublishedTests(CodingTask task) {
        this.task = task;
        this.imports = PromptText.imports(task.prompt());
        this.lines = PublishedText.asserts(task.test(), task.entryPoint());
    }

    @Override
    public int count(Sandbox sandbox) {
        return lines.size();
    }

    @Override
    public PythonProgram all(List<Unit> units) {
        return program(units, lines);
    }

    @Override
    public PythonProgram one(List<Unit> units, int test) {
        return program(units, List.of(lines.get(test)));
    }

    private PythonProgram program(List<Unit> units, List<String> run) {
        String program = Stream.concat(Stream.of(imports), units.stream().map(Unit::source))
                .collect(Collectors.joining("\n"));
        return new PythonProgram(
                imports,
                units,
                List.of(),
                Optional.of(JudgeScripts.published(program, imports, task.entryPoint(), task.helper(), run)));
    }

    @Override
    public List<TestOutcome> outcomes(Finished finished) {
        return IntStream.range(0, lines.size())
                .mapToObj(test -> outcome(finished, test))
                .toList();
    }

    @Override
    public TestOutcome outcome(Finished finished, int test) {
        List<?> passed = result(finished).list("passed");
        int at = passed.size() == 1 ? 0 : test;
        boolean holds = at < passed.size() && passed.get(at) instanceof Bool(boolean flag) && flag;
        return holds ? TestOutcome.PASSED : TestOutcome.failed("");
    }

    /** Whether imports and functions together parse. */
    static boolean parses(Finished finished) {
        return result(finished).text("error").isEmpty();
    }

    private static Fields result(Finished finished) {
        return finished.script().isPresent() && finished.script().get() instanceof Returned(var value)
                ? Fields.of(value)
                : new Fields().with("error", "the script did not run").with("passed", List.of());
    }
}
