package dev.troupe.reward.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.reward.sandbox.PythonProgram.Unit;
import dev.troupe.reward.sandbox.PythonValue.Int;
import dev.troupe.reward.sandbox.PythonValue.ListOf;
import dev.troupe.reward.sandbox.PythonValue.None;
import dev.troupe.reward.sandbox.PythonValue.Text;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PythonProgramTest {

    private static final List<Unit> UNITS = List.of(new Unit("main", "x = 1"));

    @Test
    void itsDigestCoversTheScript() {
        PythonProgram plain = new PythonProgram("", UNITS, List.of());
        assertThat(List.of(
                        plain.digest(),
                        scripted(new Script("a", new None())).digest(),
                        scripted(new Script("b", new None())).digest(),
                        scripted(new Script("a", Int.of(1))).digest(),
                        new PythonProgram("", UNITS, List.of("a", "None")).digest()))
                .doesNotHaveDuplicates();
    }

    @Test
    void canBeAScriptAlone() {
        var script = new Script("def run(candidate, input): return 1", new None());

        assertThat(PythonProgram.of(script).units()).isEmpty();
        assertThatThrownBy(() -> new PythonProgram("", List.of(), List.of())).hasMessageContaining("needs a unit");
        assertThatThrownBy(() -> new PythonProgram("", List.of(), List.of("1"), Optional.of(script)))
                .hasMessageContaining("needs a unit");
    }

    @Test
    void refusesWhatTheChannelDoesNotCarry() {
        String call = "1".repeat(PythonProgram.MAX_TEXT);
        PythonValue deep = new None();
        for (int i = 0; i <= Wire.MAX_DEPTH; i++) {
            deep = new ListOf(List.of(deep));
        }
        PythonValue tooDeep = deep;
        PythonValue tooLarge = new Text("x".repeat(Script.MAX_INPUT));

        assertThatThrownBy(() -> new PythonProgram("", UNITS, List.of(call)))
                .hasMessageContaining("1000009 characters");
        assertThatThrownBy(() -> new Script("", tooDeep)).hasMessageContaining("nested");
        assertThatThrownBy(() -> new Script("", tooLarge)).hasMessageContaining("input of a script");
    }

    private static PythonProgram scripted(Script script) {
        return new PythonProgram("", UNITS, List.of(), Optional.of(script));
    }
}
