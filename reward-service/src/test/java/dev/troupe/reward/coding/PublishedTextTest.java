package dev.troupe.reward.coding;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublishedTextTest {

    @Test
    void onlyTheNamedFunctionStaysAndTheLastOneWins() {
        assertThat(PublishedText.function("""
                ```python
                import math
                def f(x):
                    return 1
                LIMIT = 3
                def g(x):
                    return 2

                def f(x):
                    # second

                    return 3
                print(f(1))
                ```
                """, "f")).isEqualTo("def f(x):\n    # second\n\n    return 3");
        assertThat(PublishedText.function("async def f(x):\n    return 1", "f")).isEmpty();
        assertThat(PublishedText.function("def f (x):\n    return 1", "f")).isEmpty();
    }

    @Test
    void aNestedFunctionLosesTheOuterLinesAfterIt() {
        assertThat(PublishedText.function("def f(x):\n    y = 1\n    def g():\n        return y\n    return g()", "f"))
                .isEqualTo("def f(x):\n    y = 1\n    def g():\n        return y");
    }

    @Test
    void aSignatureThatClosesAtTheOuterLevelIsCut() {
        assertThat(PublishedText.function("def f(\n    x,\n):\n    return x", "f"))
                .isEqualTo("def f(\n    x,");
    }

    @Test
    void assertsAreSingleLinesThatNameTheCandidate() {
        assertThat(PublishedText.asserts("""
                METADATA = {}
                def check(candidate):
                    assert candidate(1) == 'candidate'
                    assert candidate(1) == 'candidate'
                    assert True
                    for i in range(3):
                        assert candidate(i) == i
                    assert candidate(
                        2) == 2


                def other(candidate):
                    assert candidate(9) == 9
                """, "f"))
                .containsExactly("assert f(1) == 'f'", "assert f(i) == i", "assert f(");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "def f(x):\n    return helper(x)",
                "def f(x):\n    '''doc\n    return 1'''\n    # why\n    return sum(helper(x))  # so",
                "def f(x):\n    r = helper(x)\n    return r",
                "def f(x):\n    '''doc'''",
            })
    void wrappers(String function) {
        assertThat(PublishedText.isWrapper(function, "helper")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "def f(x):\n    r = helper(x)\n    return (r)",
                "def f(x):\n    return x",
                "def f(x):\n    y = x\n    return helper(y)",
            })
    void noWrappers(String function) {
        assertThat(PublishedText.isWrapper(function, "helper")).isFalse();
    }

    @Test
    void theDeductionFiresInOneFormOnly() {
        assertThat(PublishedText.ignores("def f(n):\n    helper (n)\n    return 1", "helper"))
                .isTrue();
        assertThat(PublishedText.ignores("def f(n):\n    helper(n)\n    return 1", "helper"))
                .isFalse();
        assertThat(PublishedText.ignores("def f(n):\n    helper (nn)\n    return 1", "helper"))
                .isFalse();
    }

    @Test
    void aReturnNeedsSpaceBehindIt() {
        assertThat(PublishedText.returns("def f(x):\n    return x")).isTrue();
        assertThat(PublishedText.returns("def f(x):\n    return(x)")).isFalse();
    }
}
