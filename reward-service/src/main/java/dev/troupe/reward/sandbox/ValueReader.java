package dev.troupe.reward.sandbox;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.troupe.reward.sandbox.PythonValue.Bool;
import dev.troupe.reward.sandbox.PythonValue.Bytes;
import dev.troupe.reward.sandbox.PythonValue.DictOf;
import dev.troupe.reward.sandbox.PythonValue.Entry;
import dev.troupe.reward.sandbox.PythonValue.Int;
import dev.troupe.reward.sandbox.PythonValue.ListOf;
import dev.troupe.reward.sandbox.PythonValue.None;
import dev.troupe.reward.sandbox.PythonValue.Real;
import dev.troupe.reward.sandbox.PythonValue.SetOf;
import dev.troupe.reward.sandbox.PythonValue.Text;
import dev.troupe.reward.sandbox.PythonValue.TupleOf;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult;
import java.util.ArrayList;
import java.util.List;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.Value;

/**
 * Reads values of exactly the built-in types out of an interpreter. The types are taken before a program has run, and
 * compared by identity, so that no class of the program's own passes for one of them; no code of the program is called.
 */
final class ValueReader {

    private static final Source TYPES =
            Source.create("python", "(bool, int, float, str, list, tuple, set, dict, bytes)");
    private static final int MAX_NODES = 100_000;
    private static final int MAX_BYTES = 1 << 20;

    private final List<Value> types;
    private int nodes;
    private int bytes;

    ValueReader(Context fresh) {
        Value tuple = fresh.eval(TYPES);
        var list = new ArrayList<Value>();
        for (int i = 0; i < tuple.getArraySize(); i++) {
            list.add(tuple.getArrayElement(i));
        }
        types = List.copyOf(list);
    }

    /** The value, or what it is when it is no plain value or too large. */
    CallResult read(Value value) {
        nodes = 0;
        bytes = 0;
        try {
            return new CallResult.Returned(plain(value, Wire.MAX_DEPTH));
        } catch (NotPlainException e) {
            return new CallResult.NotAValue(e.what);
        }
    }

    private PythonValue plain(Value value, int depth) throws NotPlainException {
        if (value.isNull()) {
            return new None();
        }
        if (++nodes > MAX_NODES || depth == 0) {
            throw new NotPlainException("a value that is too large or too deep");
        }
        Value meta = value.getMetaObject();
        int type = types.indexOf(meta);
        return switch (type) {
            case 0 -> new Bool(value.asBoolean());
            case 1 -> {
                var number = value.asBigInteger();
                account(number.bitLength() / 8);
                yield new Int(number);
            }
            case 2 -> new Real(value.asDouble());
            case 3 -> {
                String text = value.asString();
                account(2 * text.length());
                yield new Text(text);
            }
            case 4 -> new ListOf(items(value, depth));
            case 5 -> new TupleOf(items(value, depth));
            case 6 -> new SetOf(members(value, depth));
            case 7 -> new DictOf(entries(value, depth));
            case 8 -> new Bytes(bytes(value));
            default -> throw new NotPlainException(meta == null ? "an object" : meta.getMetaQualifiedName());
        };
    }

    private String bytes(Value value) throws NotPlainException {
        long size = value.getBufferSize();
        account((int) Math.min(size, Integer.MAX_VALUE));
        var content = new byte[(int) size];
        value.readBuffer(0, content, 0, content.length);
        return new String(content, ISO_8859_1);
    }

    private List<PythonValue> items(Value value, int depth) throws NotPlainException {
        var items = new ArrayList<PythonValue>();
        for (long i = 0; i < value.getArraySize(); i++) {
            items.add(plain(value.getArrayElement(i), depth - 1));
        }
        return items;
    }

    private List<PythonValue> members(Value value, int depth) throws NotPlainException {
        var items = new ArrayList<PythonValue>();
        Value iterator = value.getIterator();
        while (iterator.hasIteratorNextElement()) {
            items.add(plain(iterator.getIteratorNextElement(), depth - 1));
        }
        return items;
    }

    private List<Entry> entries(Value value, int depth) throws NotPlainException {
        var entries = new ArrayList<Entry>();
        Value iterator = value.getHashEntriesIterator();
        while (iterator.hasIteratorNextElement()) {
            Value entry = iterator.getIteratorNextElement();
            PythonValue key = plain(entry.getArrayElement(0), depth - 1);
            entries.add(new Entry(key, plain(entry.getArrayElement(1), depth - 1)));
        }
        return entries;
    }

    private void account(int size) throws NotPlainException {
        bytes += size;
        if (bytes < 0 || bytes > MAX_BYTES) {
            throw new NotPlainException("a value that is too large or too deep");
        }
    }

    private static final class NotPlainException extends Exception {

        private static final long serialVersionUID = 1;
        private final String what;

        NotPlainException(String what) {
            super(what, null, false, false);
            this.what = what;
        }
    }
}
