package dev.troupe.reward.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.reward.sandbox.PythonProgram.Unit;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult.NotAValue;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult.Raised;
import dev.troupe.reward.sandbox.SandboxVerdict.CallResult.Returned;
import dev.troupe.reward.sandbox.SandboxVerdict.Finished;
import dev.troupe.reward.sandbox.SandboxVerdict.UnitResult;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class MessagesTest {

    private static final PythonProgram PROGRAM = new PythonProgram(
            "import math\n", List.of(new Unit("main", "def main(): pass")), List.of("main()", "1", "x"));
    private static final Finished FINISHED = new Finished(
            List.of(new UnitResult(true, false, 3, "E")),
            List.of(new Returned(PythonValue.Int.of(7)), new NotAValue("A"), new Raised("NameError", "x")));

    @Test
    void aProgramTravelsUnchanged() throws IOException {
        var in = new DataInputStream(new ByteArrayInputStream(Messages.encode(new byte[16], PROGRAM, 2_000, 7)));

        in.skipNBytes(16);
        assertThat(in.readLong()).isEqualTo(2_000);
        assertThat(in.readLong()).isEqualTo(7);
        assertThat(Messages.decodeProgram(in)).isEqualTo(PROGRAM);
    }

    @Test
    void aScriptTravelsUnchanged() throws IOException {
        var program = new PythonProgram(
                "",
                PROGRAM.units(),
                List.of(),
                Optional.of(new Script("def run(candidate, input): pass", new PythonValue.Bytes("\u00ff\u0000"))));
        var in = new DataInputStream(new ByteArrayInputStream(Messages.encode(new byte[16], program, 1, 1)));
        var finished = new Finished(FINISHED.units(), List.of(), Optional.of(new NotAValue("A")));

        in.skipNBytes(32);
        assertThat(Messages.decodeProgram(in)).isEqualTo(program);
        assertThat(Messages.decode(Messages.encode(finished), program)).isEqualTo(finished);
        assertThatThrownBy(() -> Messages.decode(Messages.encode(FINISHED), program))
                .isInstanceOf(IOException.class);
    }

    @Test
    void aVerdictTravelsUnchanged() throws IOException {
        assertThat(Messages.decode(Messages.encode(FINISHED), PROGRAM)).isEqualTo(FINISHED);
    }

    @Test
    void anAnswerThatDoesNotFitTheProgramIsRefused() throws IOException {
        byte[] answer = Messages.encode(FINISHED);
        var other = new PythonProgram("", PROGRAM.units(), List.of("main()"));

        assertThatThrownBy(() -> Messages.decode(answer, other)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> Messages.decode(Arrays.copyOf(answer, answer.length - 1), PROGRAM))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> Messages.decode(Arrays.copyOf(answer, answer.length + 1), PROGRAM))
                .isInstanceOf(IOException.class);
    }

    @Test
    void brokenBytesGiveAnErrorAndNoMoreMemoryThanTheyHave() throws IOException {
        byte[] answer = Messages.encode(FINISHED);
        long seed = 11;
        RandomGenerator random = new SplittableRandom(seed);
        for (int i = 0; i < 500; i++) {
            byte[] broken = answer.clone();
            broken[random.nextInt(broken.length)] = (byte) random.nextInt();
            try {
                assertThat(Messages.decode(broken, PROGRAM).calls()).hasSize(3);
            } catch (IOException | IllegalArgumentException expected) {
                assertThat(expected).as("seed %d", seed).isNotNull();
            }
        }
    }
}
