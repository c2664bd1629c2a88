package dev.troupe.reward.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SeccompFilterTest {

    private static final int ALLOW = 0x7fff0000;
    private static final int KILL = 0x80000000;
    private static final int EPERM = 0x00050001;
    private static final int ENOSYS = 0x00050026;
    private static final int X86_64 = 0xC000003E;
    private static final int I386 = 0x40000003;

    @ParameterizedTest
    @CsvSource({"0,0", "1,0", "9,0", "56,0x3d0f00", "57,0", "59,0", "61,0", "231,0", "302,0", "318,0"})
    void allowsWhatAnInterpreterAndItsThreadsNeed(int number, String argument) {
        assertThat(answer(X86_64, number, Integer.decode(argument))).isEqualTo(ALLOW);
    }

    @ParameterizedTest
    @CsvSource({
        "41,0",
        "101,0",
        "165,0",
        "272,0",
        "308,0",
        "310,0",
        "319,0",
        "321,0",
        "250,0",
        "425,0",
        "428,0",
        "56,0x10000000",
        "56,0x20000011",
        "56,0x40000000"
    })
    void refusesSocketsTracingMountsNamespacesKeysAndRings(int number, String argument) {
        assertThat(answer(X86_64, number, Integer.decode(argument))).isEqualTo(EPERM);
    }

    @Test
    void librariesFallBackFromTheCallWhoseArgumentsCannotBeSeen() {
        assertThat(answer(X86_64, 435, 0)).isEqualTo(ENOSYS);
    }

    @Test
    void killsCallsOfAnotherArchitecture() {
        assertThat(answer(I386, 1, 0)).isEqualTo(KILL);
        assertThat(answer(X86_64, 0x40000000 | 41, 0)).isEqualTo(KILL);
    }

    @Test
    void knowsTwoProcessorsAndNoOther() {
        assertThat(SeccompFilter.of("aarch64")).isPresent();
        assertThat(SeccompFilter.of("amd64").orElseThrow())
                .isEqualTo(SeccompFilter.of("x86_64").orElseThrow());
        assertThat(SeccompFilter.of("riscv64")).isEmpty();
    }

    /** Runs the filter as the kernel does. */
    private static int answer(int architecture, int number, int argument) {
        ByteBuffer code =
                ByteBuffer.wrap(SeccompFilter.of("amd64").orElseThrow()).order(ByteOrder.LITTLE_ENDIAN);
        int loaded = 0;
        for (int at = 0; ; at++) {
            int operand = code.getInt(8 * at + 4);
            boolean holds =
                    switch (code.getShort(8 * at)) {
                        case 0x20 -> {
                            loaded = operand == 0 ? number : operand == 4 ? architecture : argument;
                            yield true;
                        }
                        case 0x15 -> loaded == operand;
                        case 0x35 -> Integer.compareUnsigned(loaded, operand) >= 0;
                        case 0x45 -> (loaded & operand) != 0;
                        default -> true;
                    };
            if (code.getShort(8 * at) == 0x06) {
                return operand;
            }
            at += holds ? code.get(8 * at + 2) : code.get(8 * at + 3);
        }
    }
}
