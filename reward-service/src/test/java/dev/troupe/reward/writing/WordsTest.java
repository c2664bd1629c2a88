package dev.troupe.reward.writing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WordsTest {

    private final WordLists lists = WordLists.load();

    @Test
    void splitsAtPythonsWhiteSpace() {
        assertThat(Words.pieces(" a\u00a0b\u2003c\u001cd\u0085e\n\tf ")).isEqualTo(6);
        assertThat(Words.pieces("a\u200bb")).isEqualTo(1);
        assertThat(Words.pieces("")).isZero();
    }

    @Test
    void countsCodePoints() {
        assertThat(Words.length("a\uD83D\uDE00")).isEqualTo(2);
    }

    @Test
    void wordsAreRunsOfWordCharactersInLowerCase() {
        assertThat(Words.of("It's \u00c9T\u00c9_2, na\u00efve \u0967\u0968 x\u00b2 \u4e2d"))
                .containsExactly("it", "s", "\u00e9t\u00e9_2", "na\u00efve", "\u0967\u0968", "x\u00b2", "\u4e2d");
    }

    @Test
    void combiningMarksEndAWord() {
        assertThat(Words.of("e\u0301t")).containsExactly("e", "t");
        assertThat(Words.of("\u0130x")).containsExactly("i", "x");
    }

    @Test
    void phrasesCountAsWholeWordsOnly() {
        assertThat(lists.categoriesIn("A sofa of glass, a gift, a button and a shadow."))
                .isEmpty();
        assertThat(lists.categoriesIn("FOR  Example: bread")).containsExactly("examples");
        assertThat(lists.categoriesIn("However, it rained.")).containsExactly("contrast");
    }

    @Test
    void thereAreTwelveCategories() {
        assertThat(lists.transitions()).hasSize(12);
        assertThat(lists.stopWords()).contains("the").doesNotContain("cheese");
    }

    @Test
    void aTextIsCutAtItsFirstEmptyLine() {
        assertThat(Texts.split("\na b\nc\n \t\n\nd\n\ne\n")).isEqualTo(new Texts("a b\nc", "d\n\ne"));
        assertThat(Texts.split("a\nb")).isEqualTo(new Texts("a\nb", ""));
    }
}
