package dev.troupe.reward.sandbox;

import dev.troupe.reward.sandbox.PythonProgram.Unit;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult.Raised;
import dev.troupe.reward.sandbox.SandboxVerdict.Finished;
import dev.troupe.reward.sandbox.SandboxVerdict.UnitResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
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

    private static final int MAX_MESSAGE = 300;

    private final Context context;
    private final ValueReader values;
    private final Map<String, Long> entered = new HashMap<>();
    private boolean calling;

    ProgramRunner(Context fresh) {
        this.context = fresh;
        this.values = new ValueReader(fresh);
    }

    /**
     * Runs it all.
     *
     * @throws PolyglotException when the interpreter was stopped from outside
     */
    Finished run(PythonProgram program) {
        attempt(() -> context.eval(PYTHON, program.prelude()));
        var loaded = new ArrayList<UnitResult>();
        for (Unit unit : program.units()) {
            loaded.add(load(unit, loaded.size()));
        }
        calling = true;
        var calls = new ArrayList<CallResult>();
        for (String call : program.calls()) {
            CallResult[] result = new CallResult[1];
            Raised raised = attempt(() -> result[0] = values.read(context.eval(PYTHON, call)));
            calls.add(raised.type().isEmpty() ? result[0] : raised);
        }
        calling = false;
        var units = new ArrayList<UnitResult>();
        for (int i = 0; i < loaded.size(); i++) {
            UnitResult unit = loaded.get(i);
            long count = entered.getOrDefault(
                    key(sourceName(i), program.units().get(i).function()), 0L);
            units.add(new UnitResult(unit.loaded(), unit.defined(), count, unit.error()));
        }
        return new Finished(units, calls);
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
        Raised raised = attempt(() -> context.eval(source));
        boolean[] defined = new boolean[1];
        attempt(() -> defined[0] = namespace.hasMember(unit.function())
                && namespace.getMember(unit.function()).canExecute());
        String error = raised.type().isEmpty() ? "" : raised.type() + ": " + raised.message();
        return new UnitResult(error.isEmpty(), defined[0], 0, error);
    }

    /** What was raised; a type without a name when nothing was. */
    private static Raised attempt(Runnable step) {
        try {
            step.run();
            return new Raised("", "");
        } catch (PolyglotException e) {
            if (e.isCancelled() || e.isInterrupted() || e.isResourceExhausted()) {
                throw e;
            }
            return raised(e);
        } catch (IllegalStateException _) {
            return new Raised("SystemExit", "the interpreter has been closed by the program");
        } catch (RuntimeException e) {
            // Unreadable values, unsupported operations: the program's doing, and never a pass.
            return new Raised(e.getClass().getSimpleName(), cap(String.valueOf(e.getMessage())));
        }
    }

    private static Raised raised(PolyglotException e) {
        if (e.isExit()) {
            return new Raised("SystemExit", String.valueOf(e.getExitStatus()));
        }
        Value guest = e.getGuestObject();
        String type = e.isInternalError() ? "InternalError" : "Exception";
        if (guest != null && guest.getMetaObject() != null) {
            type = guest.getMetaObject().getMetaSimpleName();
        }
        String message = e.getMessage() == null ? "" : e.getMessage();
        String prefix = type + ": ";
        return new Raised(cap(type), cap(message.startsWith(prefix) ? message.substring(prefix.length()) : message));
    }

    private static String cap(String text) {
        return text.length() <= MAX_MESSAGE ? text : text.substring(0, MAX_MESSAGE) + "...";
    }

    private static String sourceName(int index) {
        return UNIT_PREFIX + index;
    }

    private static String key(String source, String function) {
        return source + "/" + function;
    }
}
