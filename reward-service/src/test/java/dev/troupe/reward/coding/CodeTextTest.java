package dev.troupe.reward.coding;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CodeTextTest {

    @Test
    void withoutFencesAllOfItIsCode() {
        assertThat(CodeText.of("x = 1\ny = 2")).isEqualTo("x = 1\ny = 2");
    }

    @Test
    void severalBlocksAreJoinedAndAnOpenOneCounts() {
        assertThat(CodeText.of("a\n```\nx = 1\n```\nb\n```py\ny = 2")).isEqualTo("x = 1\ny = 2\n");
    }

    @Test
    void onlyImportLinesAreImports() {
        assertThat(CodeText.imports(
                        "import re, math\nfrom a list of words\n  import os\nfrom x import (a, b)\nimport it!"))
                .isEqualTo("import re, math\nfrom x import (a, b)\n");
    }

    @Test
    void aFunctionReturnsWhenAReturnStandsInIt() {
        assertThat(CodeText.returnsFrom("def f(x):\n    return x", "f")).isTrue();
        assertThat(CodeText.returnsFrom("def f (x): return x", "f")).isTrue();
        assertThat(CodeText.returnsFrom("def f(x):\n    pass\ndef g(x):\n    return x", "f"))
                .isFalse();
        assertThat(CodeText.returnsFrom("def f(x):\n    return", "f")).isFalse();
        assertThat(CodeText.returnsFrom("def ff(x):\n    return x", "f")).isFalse();
        assertThat(CodeText.returnsFrom("    def f(x):\n        return x", "f")).isFalse();
    }
}
