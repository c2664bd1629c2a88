package dev.troupe.reward.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.StreamCorruptedException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class PythonValueTest {

    @Test
    void numbersAndBooleansCompareByValue() {
        assertThat(Int.of(1).pythonEquals(new Real(1.0))).isTrue();
        assertThat(Int.of(1).pythonEquals(new Bool(true))).isTrue();
        assertThat(new Real(-0.0).pythonEquals(Int.of(0))).isTrue();
        assertThat(new Int(BigInteger.TEN.pow(22)).pythonEquals(new Real(1e22))).isTrue();
        assertThat(new Int(BigInteger.TEN.pow(23)).pythonEquals(new Real(1e23))).isFalse();
        assertThat(new Real(0.1).pythonEquals(new Real(0.2))).isFalse();
        assertThat(new Real(Double.NaN).pythonEquals(new Real(Double.NaN))).isFalse();
        assertThat(Int.of(0).pythonEquals(new None())).isFalse();
        assertThat(new Text("1").pythonEquals(Int.of(1))).isFalse();
        assertThat(new Text("1").pythonEquals(new Bytes("1"))).isFalse();
        assertThat(new Bytes("1").pythonEquals(new Bytes("1"))).isTrue();
    }

    @Test
    void writesIntegersSoThatPythonReadsThem() {
        assertThat(Int.of(-12).literal()).isEqualTo("-12");
        assertThat(new Int(BigInteger.ONE.shiftLeft(8_196).negate()).literal()).isEqualTo("-0x1" + "0".repeat(2_049));
    }

    @Test
    void countsWhatAValueIsMadeOf() {
        assertThat(new ListOf(List.of(new Text("abc"), Int.of(1))).size(100)).isEqualTo(6);
        assertThat(new ListOf(java.util.Collections.nCopies(1_000, new None())).size(10))
                .isEqualTo(11);
    }

    @Test
    void aListNeverEqualsATuple() {
        List<PythonValue> items = List.of(Int.of(1));
        assertThat(new ListOf(items).pythonEquals(new TupleOf(items))).isFalse();
        assertThat(new ListOf(items).pythonEquals(new ListOf(List.of(new Bool(true)))))
                .isTrue();
    }

    @Test
    void setsAndDictsCompareInAnyOrder() {
        var a = new Text("a");
        var b = new Text("b");
        assertThat(new SetOf(List.of(a, b)).pythonEquals(new SetOf(List.of(b, a, a))))
                .isTrue();
        assertThat(new DictOf(List.of(new Entry(a, Int.of(1)), new Entry(b, Int.of(2))))
                        .pythonEquals(new DictOf(List.of(new Entry(b, Int.of(2)), new Entry(a, new Real(1))))))
                .isTrue();
        assertThat(new SetOf(List.of()).pythonEquals(new DictOf(List.of()))).isFalse();
    }

    @Test
    void everyValueTravelsUnchanged() throws IOException {
        var value = new ListOf(List.of(
                new None(),
                new Bool(true),
                new Int(BigInteger.TEN.pow(40).negate()),
                new Real(-2.5),
                new Text("a\u00e9\uD83D\uDE00\uD800"),
                new Bytes("a\u00ff\u0000"),
                new TupleOf(List.of(new SetOf(List.of(Int.of(0))))),
                new DictOf(List.of(new Entry(new Text(""), new ListOf(List.of()))))));
        var bytes = new ByteArrayOutputStream();

        Wire.writeValue(new DataOutputStream(bytes), value);

        assertThat(bytes.size()).isEqualTo(Math.toIntExact(Wire.length(value)));

        assertThat(Wire.readValue(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()))))
                .isEqualTo(value);
    }

    @Test
    void nestedListsTakeNoMoreMemoryThanTheirBytes() {
        // Each list says that it has as many items as there are bytes left.
        var bytes = ByteBuffer.allocate(4 << 20);
        for (int i = 0; i < Wire.MAX_DEPTH; i++) {
            bytes.put((byte) 'l').putInt(bytes.capacity() / 2);
        }

        assertThatThrownBy(() -> Wire.readValue(new DataInputStream(new ByteArrayInputStream(bytes.array()))))
                .isInstanceOf(StreamCorruptedException.class);
    }

    @Test
    void literalsEscapeWhatWouldEndThem() {
        assertThat(new Text("it's\n\\\u0001").literal()).isEqualTo("'it\\'s\\n\\\\\\u0001'");
        assertThat(new Bytes("it's\n\\\u00ff").literal()).isEqualTo("b'it\\x27s\\x0a\\x5c\\xff'");
        assertThat(new Real(Double.POSITIVE_INFINITY).literal()).isEqualTo("1e999");
        assertThat(new TupleOf(List.of(Int.of(1))).literal()).isEqualTo("(1,)");
    }
}
