package dev.troupe.reward.coding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.reward.environment.InvalidTaskException;
import dev.troupe.reward.sandbox.PythonValue;
import dev.troupe.reward.sandbox.PythonValue.Int;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AssertionsTest {

    @Test
    void readsCallsAndAnswers() throws Exception {
        var assertions = Assertions.parse("""
                def check(candidate):
                    # the usual
                    assert candidate([1, -2, 3]) == 12

                    assert main([
                        1,
                    ], 'a') == -7  # over two lines
                    assert main() == None
                    assert main() == None
                """, "main");

        assertThat(assertions)
                .extracting(Assertion::call)
                .containsExactly("main([1, -2, 3])", "main([1], 'a')", "main()");
        assertThat(assertions.getFirst().expected()).isEqualTo(Int.of(12));
        assertThat(assertions.get(1).expected()).isEqualTo(Int.of(-7));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "123456789012345678901234567890 | 123456789012345678901234567890",
                "- 5 | -5",
                "1_000 | 1000",
                "1.50 | 1.5",
                "1e-07 | 1.0e-7",
                ".5 | 0.5",
                "1e999 | 1e999",
                "True | True",
                "(1) | 1",
                "(1,) | (1,)",
                "( ) | ()",
                "(1, (2, [])) | (1, (2, []))",
                "{1, 2} | {1, 2}",
                "set() | set()",
                "{} | {}",
                "{'a': [1], (1, 2): {}} | {'a': [1], (1, 2): {}}",
                "\"it's\" | 'it\\'s'",
                "'a' \"b\" | 'ab'",
                "r'\\d' | '\\\\d'",
                "'\\x41\\u00e9\\n' | 'A\u00e9\\n'",
            })
    void readsEveryLiteral(String written, String read) throws Exception {
        PythonValue value =
                Assertions.parse("assert f(0) == " + written, "f").getFirst().expected();

        assertThat(value.literal()).isEqualTo(read);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "assert f(x) == 1 | 'x' is not a literal",
                "assert f(1) == g(1) | 'g' is not a literal",
                "assert f(1) == 1 + 1 | more than one literal",
                "assert f(1) == 1, 'text' | more than one literal",
                "assert g(1) == 1 | 'g' is not the entry point 'f'",
                "assert f(1) < 2 | expected '=='",
                "assert f(1) | expected '=='",
                "assert f(1 == 2 | expected ')'",
                "assert abs(f(1)) == 1 | 'abs' is not the entry point",
                "f(1) == 1 | 'f' is not 'assert'",
                "assert f(n=1) == 1 | 'n' is not a literal",
                "assert f([1) == 1 | expected ']'",
                "assert f('a) == 1 | the text ends too early",
                "assert f({[1]: 2}) == 1 | cannot be a key",
                "assert f(0x1F) == 1 | not a decimal number",
                "assert f(012) == 1 | is not a number in Python",
                "assert f(1j) == 1 | not a decimal number",
                "assert f(b'a') == 1 | 'b' is not a literal",
                "assert f('''a''') == 1 | strings in three quotes",
                "assert f(-'a') == 1 | a sign stands before a number only",
                "assert f(__import__('os')) == 1 | '__import__' is not a literal",
            })
    void refusesEverythingElseWithLineAndReason(String line, String reason) {
        assertThatThrownBy(() -> Assertions.parse("assert f(0) == 0\n" + line, "f"))
                .isInstanceOf(LiteralException.class)
                .hasMessageContaining("line 2: ")
                .hasMessageContaining(reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "# nothing\n", "def check(candidate):\n"})
    void refusesTestsWithoutAnAssert(String test) {
        assertThatThrownBy(() -> Assertions.parse(test, "f"))
                .isInstanceOf(InvalidTaskException.class)
                .hasMessageContaining("no assert");
    }

    @Test
    void refusesWhatIsNestedTooDeeply() {
        String deep = "[".repeat(10_000) + "]".repeat(10_000);

        assertThatThrownBy(() -> Assertions.parse("assert f(" + deep + ") == 1", "f"))
                .isInstanceOf(LiteralException.class)
                .hasMessageContaining("nested deeper");
    }
}
