package dev.troupe.reward.sandbox;

import dev.troupe.reward.sandbox.PythonProcess.Content;
import dev.troupe.reward.sandbox.PythonProcess.StoppedException;
import dev.troupe.reward.sandbox.PythonProgram.Unit;
import dev.troupe.reward.sandbox.PythonValue.Int;
import dev.troupe.reward.sandbox.PythonValue.ListOf;
import dev.troupe.reward.sandbox.PythonValue.TupleOf;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult.Raised;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult.Returned;
import dev.troupe.reward.sandbox.SandboxVerdict.Failed;
import dev.troupe.reward.sandbox.SandboxVerdict.Failure;
import dev.troupe.reward.sandbox.SandboxVerdict.Finished;
import dev.troupe.reward.sandbox.SandboxVerdict.UnitResult;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.StreamCorruptedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Takes a program through its interpreters, one question at a time: the next one is not asked, and its token not made,
 * before the last one is answered.
 */
final class PythonRun {

    private final PythonProgram program;
    private final Optional<PythonProcess> units;
    private final Optional<PythonProcess> script;
    private final long until;
    private long answered;

    /**
     * @param units the interpreter of the units, where there are any
     * @param script the interpreter of the script, where there is one
     * @param until when the run is over, as {@link System#nanoTime} counts
     */
    PythonRun(PythonProgram program, Optional<PythonProcess> units, Optional<PythonProcess> script, long until) {
        this.program = program;
        this.units = units;
        this.script = script;
        this.until = until;
    }

    SandboxVerdict verdict() throws InterruptedException {
        try {
            Finished finished = finished();
            return breach(units)
                    .or(() -> breach(script))
                    .<SandboxVerdict>map(it -> it)
                    .orElse(finished);
        } catch (StoppedException e) {
            return e.verdict();
        } catch (IOException | IllegalArgumentException e) {
            return new Failed(Failure.PROTOCOL, String.valueOf(e.getMessage()));
        }
    }

    private static Optional<Failed> breach(Optional<PythonProcess> process) {
        return process.flatMap(PythonProcess::breach);
    }

    private Finished finished() throws StoppedException, IOException, InterruptedException {
        List<UnitResult> loaded = List.of();
        var calls = new ArrayList<CallResult>();
        if (units.isPresent()) {
            PythonProcess process = units.get();
            loaded = load(process);
            for (String call : program.calls()) {
                calls.add(result(process, 'C', out -> Wire.writeText(out, call)));
            }
        }
        Optional<CallResult> given = script.isPresent()
                ? Optional.of(run(script.get(), program.script().orElseThrow()))
                : Optional.empty();
        return new Finished(units.isPresent() ? counted(units.get(), loaded) : loaded, calls, given);
    }

    private List<UnitResult> load(PythonProcess process) throws StoppedException, IOException, InterruptedException {
        result(process, 'P', out -> Wire.writeText(out, program.prelude()));
        var results = new ArrayList<UnitResult>();
        for (Unit unit : program.units()) {
            DataInputStream in = process.ask(
                    'U',
                    out -> {
                        Wire.writeText(out, unit.function());
                        Wire.writeText(out, unit.source());
                    },
                    until);
            in.mark(1);
            if (in.readByte() != 'u') {
                in.reset();
                throw new StoppedException(breach(in));
            }
            results.add(new UnitResult(flag(in), flag(in), 0, Wire.readText(in)));
            ended(in);
        }
        result(process, 'L', _ -> {});
        return results;
    }

    private CallResult run(PythonProcess process, Script text)
            throws StoppedException, IOException, InterruptedException {
        DataInputStream in = process.ask(
                'S',
                out -> {
                    Wire.writeText(out, text.source());
                    Wire.writeValue(out, text.input());
                },
                until);
        while (true) {
            in.mark(1);
            if (in.readByte() != '?') {
                in.reset();
                return result(in);
            }
            CallResult answer = candidate(Wire.readText(in), Wire.readValue(in));
            ended(in);
            in = process.tell('A', out -> Messages.encode(answer, out), until);
        }
    }

    private CallResult candidate(String function, PythonValue arguments)
            throws StoppedException, IOException, InterruptedException {
        if (!(arguments instanceof TupleOf)) {
            throw new StreamCorruptedException("arguments are no tuple");
        }
        return units.isEmpty()
                ? new Raised("NameError", "name '%s' is not defined".formatted(function))
                : result(units.get(), 'F', out -> {
                    Wire.writeText(out, function);
                    Wire.writeValue(out, arguments);
                });
    }

    /** How often each unit's function was entered; what the program makes of the counts is its own affair. */
    private List<UnitResult> counted(PythonProcess process, List<UnitResult> loaded)
            throws StoppedException, IOException, InterruptedException {
        if (!(result(process, 'N', _ -> {}) instanceof Returned(ListOf(List<PythonValue> counts)))
                || counts.size() != loaded.size()) {
            throw new StreamCorruptedException("not one count per unit");
        }
        var results = new ArrayList<UnitResult>();
        for (int i = 0; i < loaded.size(); i++) {
            if (!(counts.get(i) instanceof Int(var count)) || count.signum() < 0 || count.bitLength() >= Long.SIZE) {
                throw new StreamCorruptedException("a count that is none: " + counts.get(i));
            }
            UnitResult unit = loaded.get(i);
            results.add(new UnitResult(unit.loaded(), unit.defined(), count.longValue(), unit.error()));
        }
        return results;
    }

    private CallResult result(PythonProcess process, char operation, Content content)
            throws StoppedException, IOException, InterruptedException {
        return result(process.ask(operation, content, until));
    }

    private CallResult result(DataInputStream in) throws StoppedException, IOException {
        answered += in.available();
        if (answered > Wire.MAX_FRAME) {
            throw new StoppedException(new Failed(Failure.OUTPUT, "its values are more than a run may give"));
        }
        in.mark(1);
        if (in.readByte() == '!') {
            in.reset();
            throw new StoppedException(breach(in));
        }
        in.reset();
        CallResult result = Messages.decodeCall(in);
        ended(in);
        return result;
    }

    /** A bound that the interpreter has met by itself, as the exception that says so. */
    private static Failed breach(DataInputStream in) throws IOException {
        if (in.readByte() != '!') {
            throw new StreamCorruptedException("an answer of an unknown kind");
        }
        byte bound = in.readByte();
        ended(in);
        return switch (bound) {
            case 'm' -> new Failed(Failure.MEMORY, "it took more memory than it may");
            case 'd' -> new Failed(Failure.DISK, "it wrote more to files than it may");
            case 'p' -> new Failed(Failure.PROCESSES, "it asked for more processes or threads than it may have");
            default -> throw new StreamCorruptedException("no bound is called " + bound);
        };
    }

    private static boolean flag(DataInputStream in) throws IOException {
        return in.readByte() == 'T';
    }

    private static void ended(DataInputStream in) throws IOException {
        if (in.available() > 0) {
            throw new StreamCorruptedException("more than an answer");
        }
    }
}
