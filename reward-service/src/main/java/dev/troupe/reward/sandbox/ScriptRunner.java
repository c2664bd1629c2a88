package dev.troupe.reward.sandbox;

import dev.troupe.reward.sandbox.PythonValue.ListOf;
import dev.troupe.reward.sandbox.PythonValue.None;
import dev.troupe.reward.sandbox.PythonValue.Text;
import dev.troupe.reward.sandbox.PythonValue.TupleOf;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult.NotAValue;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult.Raised;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult.Returned;
import java.util.List;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyExecutable;

/** Runs a script in one fresh interpreter beside the program's. Lives in the child JVM. */
final class ScriptRunner {

    /** Gives the function that wraps the way to the other interpreter; leaves {@code CandidateError} to the script. */
    private static final Source BRIDGE = Source.create(ProgramRunner.PYTHON, """
            class CandidateError(Exception):
                def __init__(self, type, message):
                    super().__init__(message)
                    self.type = type

            def _bridge(ask):
                asked = []
                def candidate(function, *args):
                    asked[:] = function, args
                    type, result = ask()
                    if type is not None:
                        raise CandidateError(type, result)
                    return result
                return candidate, asked
            """);

    private final Context context;
    private final ValueReader values;
    private final ValueWriter writer;
    private final Candidate candidate;

    /** Calls a function of the program. */
    @FunctionalInterface
    interface Candidate {
        CallResult call(String function, List<PythonValue> arguments);
    }

    ScriptRunner(Context fresh, Candidate candidate) {
        this.context = fresh;
        this.values = new ValueReader(fresh);
        this.writer = new ValueWriter(fresh);
        this.candidate = candidate;
    }

    /**
     * What the script's {@code run} gives.
     *
     * @throws org.graalvm.polyglot.PolyglotException when an interpreter was stopped from outside
     */
    CallResult run(Script script) {
        return GuestErrors.contained(() -> {
            context.eval(BRIDGE);
            Value namespace = context.getBindings(ProgramRunner.PYTHON);
            Value[] asked = new Value[1];
            // The arguments are taken from a list of the script's: what a proxy is given has lost its Python type.
            ProxyExecutable ask = _ -> answer(called(asked[0]));
            Value bridge = namespace.getMember("_bridge").execute(ask);
            asked[0] = bridge.getArrayElement(1);
            context.eval(Source.newBuilder(ProgramRunner.PYTHON, script.source(), "script")
                    .cached(true)
                    .buildLiteral());
            Value run = namespace.getMember("run");
            if (run == null || !run.canExecute()) {
                return new Raised("NameError", "the script defines no function run(candidate, input)");
            }
            return values.read(run.execute(bridge.getArrayElement(0), writer.write(script.input())));
        });
    }

    /** The pair of an error's class, or None, and its message or the value. */
    private Value answer(CallResult result) {
        return writer.write(
                switch (result) {
                    case Returned(PythonValue value) -> new TupleOf(List.of(new None(), value));
                    case NotAValue(String type) ->
                        new TupleOf(List.of(new Text("NotAValue"), new Text("not a plain value: " + type)));
                    case Raised(String type, String message) -> new TupleOf(List.of(new Text(type), new Text(message)));
                });
    }

    private CallResult called(Value asked) {
        return values.read(asked) instanceof Returned(ListOf(List<PythonValue> pair))
                        && pair.getFirst() instanceof Text(String function)
                        && pair.getLast() instanceof TupleOf(List<PythonValue> arguments)
                ? candidate.call(function, arguments)
                : new Raised("TypeError", "candidate takes the name of a function and plain values");
    }
}
