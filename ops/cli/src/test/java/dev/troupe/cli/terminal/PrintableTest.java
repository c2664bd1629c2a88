package dev.troupe.cli.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrintableTest {

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 0x1b, '\n', '\r', 0x7f, 0x9b, 0x200e, 0x202e, 0x2028, 0xfeff, 0xe000, 0xd800, 0xe0041})
    void nothingThatSteersATerminalIsPrintedRaw(int point) {
        String hostile = "a" + Character.toString(point) + "b";

        String safe = Printable.text(hostile);

        assertThat(safe.codePoints()).doesNotContain(point);
        assertThat(safe).startsWith("a\\").endsWith("%xb".formatted(point));
    }

    @Test
    void readableTextStaysAsItIs() {
        assertThat(Printable.text("naïve 東京 🎭 \"x\"")).isEqualTo("naïve 東京 🎭 \"x\"");
    }

    @Test
    void bytesThatAreNoTextAreHexadecimal() {
        assertThat(Printable.text(new byte[] {(byte) 0xff, 0, 1}, 60)).isEqualTo("0xff0001");
        assertThat(Printable.text(null, 60)).isEqualTo("-");
        assertThat(Printable.text("abcdef".getBytes(UTF_8), 3)).isEqualTo("abc...");
    }

    @Test
    void dumpsLikeHexdump() {
        assertThat(Printable.dump("0123456789abcdef\u001b[2J".getBytes(UTF_8), 100))
                .isEqualToNormalizingNewlines("""
                          00000000  30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66  0123456789abcdef
                          00000010  1b 5b 32 4a                                      .[2J
                        """);
    }
}
