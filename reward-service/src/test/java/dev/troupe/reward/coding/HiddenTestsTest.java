package dev.troupe.reward.coding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.reward.coding.HiddenTests.Code;
import dev.troupe.reward.coding.HiddenTests.Literals;
import dev.troupe.reward.environment.InvalidTaskException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HiddenTestsTest {

    @Test
    void assertsOnLiteralsNeedNoScript() throws Exception {
        assertThat(HiddenTests.of("def check(candidate):\n    assert candidate(1) == 2", "f"))
                .isInstanceOfSatisfying(
                        Literals.class,
                        literals -> assertThat(literals.assertions()).hasSize(1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "METADATA = {}\n\ndef check(candidate):\n    assert candidate(1) == 2",
                "def check(candidate):\n    for i in range(3):\n        assert candidate(i) == i + 1",
                "assert abs(f(1) - 2) < 1e-6",
                "assert set(f([1])) == {1}",
            })
    void everythingElseIsPython(String test) throws Exception {
        assertThat(HiddenTests.of(test, "f")).isEqualTo(new Code(test));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "def check(candidate): pass | no assert",
                "f(1) == 1 | no assert",
                "assert g(1) == 1 | neither 'f' nor 'candidate'",
            })
    void refusesWhatCannotTellAnything(String test, String reason) {
        assertThatThrownBy(() -> HiddenTests.of(test, "f"))
                .isInstanceOf(InvalidTaskException.class)
                .hasMessageContaining("fields.test")
                .hasMessageContaining(reason);
    }

    @Test
    void refusesNulAndWhatIsTooLong() {
        assertThatThrownBy(() -> HiddenTests.of("assert f(1) == '\0'", "f")).hasMessageContaining("NUL");
        assertThatThrownBy(() -> HiddenTests.of("assert f(1) == 1\n".repeat(20_000), "f"))
                .hasMessageContaining("340000 characters");
        assertThatThrownBy(() -> HiddenTests.of(numbered(501), "f")).hasMessageContaining("501 asserts");
    }

    private static String numbered(int count) {
        var test = new StringBuilder();
        for (int i = 0; i < count; i++) {
            test.append("assert f(%d) == 0\n".formatted(i));
        }
        return test.toString();
    }
}
