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
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.Value;

/**
 * Writes plain values into an interpreter. What makes them is taken before a program has run. Lives in the child JVM.
 */
final class ValueWriter {

    private static final Source MAKERS = Source.create(ProgramRunner.PYTHON, """
            (None,
             lambda text, make=int: make(text, 16),
             lambda text, make=bytes.fromhex: make(text),
             lambda *items: [*items],
             lambda *items: items,
             lambda *items: {*items},
             lambda *items, make=dict, pair=zip: make(pair(items[::2], items[1::2])))
            """);

    private final Context context;
    private final Value none;
    private final Value integer;
    private final Value bytes;
    private final Value list;
    private final Value tuple;
    private final Value set;
    private final Value dict;

    ValueWriter(Context fresh) {
        this.context = fresh;
        Value makers = fresh.eval(MAKERS);
        this.none = makers.getArrayElement(0);
        this.integer = makers.getArrayElement(1);
        this.bytes = makers.getArrayElement(2);
        this.list = makers.getArrayElement(3);
        this.tuple = makers.getArrayElement(4);
        this.set = makers.getArrayElement(5);
        this.dict = makers.getArrayElement(6);
    }

    /**
     * The value in the interpreter.
     *
     * @throws PolyglotException when Python does not take it, such as a set of lists
     */
    Value write(PythonValue value) {
        return switch (value) {
            case None() -> none;
            case Bool(boolean flag) -> context.asValue(flag);
            case Int(BigInteger number) ->
                number.bitLength() < Long.SIZE
                        ? context.asValue(number.longValue())
                        : integer.execute(number.toString(16));
            case Real(double number) -> context.asValue(number);
            case Text(String text) -> context.asValue(text);
            case Bytes(String latin1) -> bytes.execute(HexFormat.of().formatHex(latin1.getBytes(ISO_8859_1)));
            case ListOf(List<PythonValue> items) -> list.execute(all(items));
            case TupleOf(List<PythonValue> items) -> tuple.execute(all(items));
            case SetOf(List<PythonValue> items) -> set.execute(all(items));
            case DictOf(List<Entry> entries) ->
                dict.execute(entries.stream()
                        .flatMap(entry -> Stream.of(write(entry.key()), write(entry.value())))
                        .toArray());
        };
    }

    private Object[] all(List<PythonValue> items) {
        return items.stream().map(this::write).toArray();
    }
}
