package dev.troupe.reward.coding;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.troupe.reward.coding.HiddenTests.Code;
import dev.troupe.reward.sandbox.PythonValue;
import dev.troupe.reward.sandbox.PythonValue.Int;
import dev.troupe.reward.sandbox.PythonValue.ListOf;
import dev.troupe.reward.sandbox.PythonValue.None;
import dev.troupe.reward.sandbox.Script;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** The judge's own Python: what it looks at a program with. */
final class JudgeScripts {

    /** Runs every assert. */
    static final int EVERY = -1;

    private static final String STRICT = read("syntax.py") + read("checks.py") + read("judge.py");
    private static final String PUBLISHED = read("published.py");

    private JudgeScripts() {}

    /** Looks at texts without running them. */
    static Script syntax(List<Fields> authors) {
        return judge(authors, new None());
    }

    /**
     * Runs the tests of a task.
     *
     * @param only the one assert to run, or {@link #EVERY}
     */
    static Script tests(CodingTask task, Code tests, int only) {
        return judge(
                List.of(), checks(task, tests, true).with("only", Int.of(only)).dict());
    }

    /** Counts the asserts of a task without running any. */
    static Script count(CodingTask task, Code tests) {
        return judge(
                List.of(),
                checks(task, tests, false).with("only", Int.of(EVERY)).dict());
    }

    private static Fields checks(CodingTask task, Code tests, boolean run) {
        return new Fields()
                .with("test", tests.text())
                .with("context", task.context())
                .with("entry", task.entryPoint())
                .with("run", run);
    }

    private static Script judge(List<Fields> authors, PythonValue tests) {
        return new Script(
                STRICT,
                new Fields()
                        .with(
                                "authors",
                                new ListOf(authors.stream().map(Fields::dict).toList()))
                        .with("tests", tests)
                        .dict());
    }

    /** Runs the lines of the published scorer. */
    static Script published(String program, String imports, String entryPoint, String helper, List<String> lines) {
        return new Script(
                PUBLISHED,
                new Fields()
                        .with("program", program)
                        .with("imports", imports)
                        .with("entry", entryPoint)
                        .with("helper", helper)
                        .with("lines", lines)
                        .dict());
    }

    private static String read(String name) {
        try (InputStream file = JudgeScripts.class.getResourceAsStream(name)) {
            if (file == null) {
                throw new IllegalStateException("the jar lacks " + name);
            }
            return new String(file.readAllBytes(), UTF_8) + "\n";
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + name + " from the jar", e);
        }
    }
}
