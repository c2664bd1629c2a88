package dev.troupe.reward.sandbox;

import dev.troupe.reward.sandbox.PythonProgram.Unit;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult.NotAValue;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult.Raised;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult.Returned;
import dev.troupe.reward.sandbox.SandboxVerdict.Finished;
import dev.troupe.reward.sandbox.SandboxVerdict.UnitResult;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.StreamCorruptedException;
import java.util.ArrayList;
import java.util.Optional;

/** The two messages of the channel: a program going in, a verdict coming out. */
final class Messages {

    private Messages() {}

    static byte[] encode(byte[] nonce, PythonProgram program, long deadlineMillis, long outputBytes)
            throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        out.write(nonce);
        out.writeLong(deadlineMillis);
        out.writeLong(outputBytes);
        Wire.writeText(out, program.prelude());
        out.writeInt(program.units().size());
        for (Unit unit : program.units()) {
            Wire.writeText(out, unit.function());
            Wire.writeText(out, unit.source());
        }
        out.writeInt(program.calls().size());
        for (String call : program.calls()) {
            Wire.writeText(out, call);
        }
        out.writeBoolean(program.script().isPresent());
        if (program.script().isPresent()) {
            Wire.writeText(out, program.script().get().source());
            Wire.writeValue(out, program.script().get().input());
        }
        return bytes.toByteArray();
    }

    static PythonProgram decodeProgram(DataInputStream in) throws IOException {
        String prelude = Wire.readText(in);
        int units = Wire.readCount(in);
        var list = new ArrayList<Unit>();
        for (int i = 0; i < units; i++) {
            list.add(new Unit(Wire.readText(in), Wire.readText(in)));
        }
        int calls = Wire.readCount(in);
        var expressions = new ArrayList<String>();
        for (int i = 0; i < calls; i++) {
            expressions.add(Wire.readText(in));
        }
        Optional<Script> script =
                in.readBoolean() ? Optional.of(new Script(Wire.readText(in), Wire.readValue(in))) : Optional.empty();
        return new PythonProgram(prelude, list, expressions, script);
    }

    static byte[] encode(Finished finished) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        out.writeInt(finished.units().size());
        for (UnitResult unit : finished.units()) {
            out.writeBoolean(unit.loaded());
            out.writeBoolean(unit.defined());
            out.writeLong(unit.entered());
            Wire.writeText(out, unit.error());
        }
        out.writeInt(finished.calls().size());
        for (CallResult call : finished.calls()) {
            encode(call, out);
        }
        out.writeBoolean(finished.script().isPresent());
        if (finished.script().isPresent()) {
            encode(finished.script().get(), out);
        }
        return bytes.toByteArray();
    }

    static void encode(CallResult call, DataOutputStream out) throws IOException {
        switch (call) {
            case Returned(PythonValue value) -> {
                out.writeByte('v');
                Wire.writeValue(out, value);
            }
            case NotAValue(String type) -> {
                out.writeByte('o');
                Wire.writeText(out, type);
            }
            case Raised(String type, String message) -> {
                out.writeByte('x');
                Wire.writeText(out, type);
                Wire.writeText(out, message);
            }
        }
    }

    /** @throws StreamCorruptedException when the answer does not fit the program */
    static Finished decode(byte[] payload, PythonProgram program) throws IOException {
        var in = new DataInputStream(new ByteArrayInputStream(payload));
        int units = Wire.readCount(in);
        var unitResults = new ArrayList<UnitResult>();
        for (int i = 0; i < units; i++) {
            unitResults.add(new UnitResult(in.readBoolean(), in.readBoolean(), in.readLong(), Wire.readText(in)));
        }
        int calls = Wire.readCount(in);
        var callResults = new ArrayList<CallResult>();
        for (int i = 0; i < calls; i++) {
            callResults.add(decodeCall(in));
        }
        Optional<CallResult> script = in.readBoolean() ? Optional.of(decodeCall(in)) : Optional.empty();
        if (units != program.units().size()
                || calls != program.calls().size()
                || script.isPresent() != program.script().isPresent()
                || in.available() > 0) {
            throw new StreamCorruptedException("the answer does not fit the program");
        }
        return new Finished(unitResults, callResults, script);
    }

    static CallResult decodeCall(DataInputStream in) throws IOException {
        byte tag = in.readByte();
        return switch (tag) {
            case 'v' -> new Returned(Wire.readValue(in));
            case 'o' -> new NotAValue(Wire.readText(in));
            case 'x' -> new Raised(Wire.readText(in), Wire.readText(in));
            default -> throw new StreamCorruptedException("no call result starts with byte " + tag);
        };
    }
}
