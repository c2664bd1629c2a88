package dev.troupe.reward.coding;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PromptTextTest {

    @Test
    void onlyImportLinesAreImports() {
        assertThat(PromptText.imports(
                        "import re, math\nfrom a list of words\n  import os\nfrom x import (a, b)\nimport it!"))
                .isEqualTo("import re, math\nfrom x import (a, b)\n");
    }

    @Test
    void whatStandsBeforeTheFunctionIsItsContext() {
        String before =
                "import math\n\n\ndef poly(xs, x):\n    \"\"\"\n    Evaluates.\n    \"\"\"\n    return sum(xs)\n\n\n";

        assertThat(PromptText.context(before + "def find_zero(xs):\n    '''zero'''\n", "find_zero"))
                .isEqualTo(before);
        assertThat(PromptText.beginsFunction(before + "def find_zero(xs):\n", "find_zero"))
                .isTrue();
    }

    @Test
    void proseIsNoContext() {
        assertThat(PromptText.context("Write this function.\nimport re\ndef f(x):\n    pass", "f"))
                .isEqualTo("import re\n");
        assertThat(PromptText.context("Write the function f(x).", "f")).isEmpty();
        assertThat(PromptText.beginsFunction("Write the function f(x).", "f")).isFalse();
    }
}
