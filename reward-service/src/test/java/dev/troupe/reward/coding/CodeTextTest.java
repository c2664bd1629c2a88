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
    void blocksOfAnotherLanguageAreLeftOut() {
        assertThat(CodeText.of("```bash\nls\n```\n```Python\nx = 1\n```\n```text\n1\n```"))
                .isEqualTo("x = 1\n");
    }

    @Test
    void proseAroundCodeIsLeftOutInTheSecondReading() {
        String code = "import math\nLIMIT: int = 3\n\n@cache\ndef f(\n    x\n):\n    return x\n\nclass A:\n    pass";

        assertThat(CodeText.readings("Sure, here it is:\n\n" + code + "\n\nThis returns x.", ""))
                .containsExactly("Sure, here it is:\n\n" + code + "\n\nThis returns x.", code);
        assertThat(CodeText.readings(code, "")).containsExactly(code);
    }

    @Test
    void aCompletionMayGoOnWhereThePromptEnds() {
        assertThat(CodeText.readings("    return x\n", "def f(x):\n    '''x'''"))
                .containsExactly("    return x\n", "def f(x):\n    '''x'''\n    return x\n");
        assertThat(CodeText.readings("return x", "def f(x):\n"))
                .containsExactly("return x", "def f(x):\nreturn x", "def f(x):\n    return x");
    }

    @Test
    void anEmptyOrEndlessCompletionIsAnEmptyProgram() {
        assertThat(CodeText.readings("", "def f(x):\n")).containsExactly("");
        assertThat(CodeText.readings("x".repeat(100_001), "")).containsExactly("");
    }
}
