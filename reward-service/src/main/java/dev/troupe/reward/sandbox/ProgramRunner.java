package dev.troupe.reward.sandbox;

import dev.troupe.reward.sandbox.PythonProgram.Unit;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult.Raised;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult.Returned;
import dev.troupe.reward.sandbox.SandboxVerdict.Finished;
import dev.troupe.reward.sandbox.SandboxVerdict.UnitResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.management.ExecutionEvent;

/** Runs one program in one fresh interpreter. Lives in the child JVM. */
final class ProgramRunner {

    static final String PYTHON = "python";

    /** Sources of units are named so, which is how their functions are told apart when they are entered. */
    static final String UNIT_PREFIX = "unit-";

    private static final CallResult NOTHING = new Returned(new PythonValue.None());

    private final Context context;
    private final ValueReader values;
    private final ValueWriter writer;
    private final Map<String, Long> entered = new HashMap<>();
    private boolean calling;

    ProgramRunner(Context fresh) {
        this.context = fresh;
        this.values = new ValueReader(fresh);
        this.writer = new ValueWriter(fresh);
    }

    /**
     * Runs it all.
     *
     * @param script the interpreter of the script, where the program has one
     * @throws PolyglotException when an interpreter was stopped from outside
     */
    Finished run(PythonProgram program, Optional<Context> script) {
        attempt(() -> context.eval(PYTHON, program.prelude()));
        var loaded = new ArrayList<UnitResult>();
        for (Unit unit : program.units()) {
            loaded.add(load(unit, loaded.size()));
        }
        calling = true;
        var calls = new ArrayList<CallResult>();
        for (String call : program.calls()) {
            calls.add(GuestErrors.contained(() -> values.read(context.eval(PYTHON, call))));
        }
        Optional<CallResult> result = script.flatMap(interpreter ->
                program.script().map(text -> new ScriptRunner(interpreter, this::call).run(text)));
        calling = false;
        return new Finished(counted(program, loaded), calls, result);
    }

    private List<UnitResult> counted(PythonProgram program, List<UnitResult> loaded) {
        var units = new ArrayList<UnitResult>();
        for (int i = 0; i < loaded.size(); i++) {
            UnitResult unit = loaded.get(i);
            long count = entered.getOrDefault(
                    key(sourceName(i), program.units().get(i).function()), 0L);
            units.add(new UnitResult(unit.loaded(), unit.defined(), count, unit.error()));
        }
        return units;
    }

    private CallResult call(String function, List<PythonValue> arguments) {
        return GuestErrors.contained(() -> {
            Value callee = context.getBindings(PYTHON).getMember(function);
            return callee == null
                    ? new Raised("NameError", "name '%s' is not defined".formatted(function))
                    : values.read(
                            callee.execute(arguments.stream().map(writer::write).toArray()));
        });
    }

    /** Told by the engine's instrument whenever a function of a unit is entered, on the thread that runs it. */
    void entered(ExecutionEvent event) {
        if (calling && event.isRoot() && event.getLocation() != null) {
            entered.merge(key(event.getLocation().getSource().getName(), event.getRootName()), 1L, Long::sum);
        }
    }

    private UnitResult load(Unit unit, int index) {
        Value namespace = context.getBindings(PYTHON);
        attempt(() -> namespace.removeMember(unit.function()));
        Source source = Source.newBuilder(PYTHON, unit.source(), sourceName(index))
                .cached(false)
                .buildLiteral();
        Optional<Raised> raised = attempt(() -> context.eval(source));
        boolean[] defined = new boolean[1];
        attempt(() -> defined[0] = namespace.hasMember(unit.function())
                && namespace.getMember(unit.function()).canExecute());
        String error = raised.map(it -> it.type() + ": " + it.message()).orElse("");
        return new UnitResult(error.isEmpty(), defined[0], 0, error);
    }

    /** What was raised, if anything was. */
    private static Optional<Raised> attempt(Runnable step) {
        CallResult result = GuestErrors.contained(() -> {
            step.run();
            return NOTHING;
        });
        return result instanceof Raised raised ? Optional.of(raised) : Optional.empty();
    }

    private static String sourceName(int index) {
        return UNIT_PREFIX + index;
    }

    private static String key(String source, String function) {
        return source + "/" + function;
    }
}
