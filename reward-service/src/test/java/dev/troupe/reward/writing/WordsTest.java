package dev.troupe.reward.writing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WordsTest {

    private final WordLists lists = WordLists.load();

    @Test
    void splitsAtPythonsWhiteSpace() {
        assertThat(Words.pieces(" a\u00a0b\u2003c\u001cd\u0085e\n\tf ")).containsExactly("a", "b", "c", "d", "e", "f");
        assertThat(Words.pieces("a\u200bb")).hasSize(1);
        assertThat(Words.pieces("")).isEmpty();
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
        assertThat(categories("A sofa of glass, a gift, a button and a shadow."))
                .isEmpty();
        assertThat(categories("FOR  Example: bread")).containsExactly("examples");
        assertThat(categories("However, it rained.")).containsExactly("contrast");
    }

    @Test
    void thereAreTwelveCategories() {
        assertThat(lists.transitions().categories()).hasSize(12);
        assertThat(lists.stopWords()).contains("the").doesNotContain("cheese");
    }

    @Test
    void aListThatCannotBeReadIsNamedWithItsLine() {
        assertThatThrownBy(() -> WordLists.parse(List.of("# lists", "but, however"), List.of()))
                .hasMessageContaining("transitions.txt")
                .hasMessageContaining("but, however");
        assertThatThrownBy(() -> WordLists.parse(List.of("contrast: , "), List.of()))
                .hasMessageContaining("contrast");
        assertThatThrownBy(() -> WordLists.parse(List.of("contrast: but, --"), List.of()))
                .hasMessageContaining("--");
        assertThatThrownBy(() -> WordLists.parse(List.of("# nothing"), List.of()))
                .hasMessageContaining("no transition phrases");
    }

    private Set<String> categories(String text) {
        return lists.transitions().asWords(Words.of(text));
    }

    @Test
    void aTextIsCutAtItsFirstEmptyLine() {
        assertThat(Texts.split("\na b\nc\n \t\n\nd\n\ne\n")).isEqualTo(new Texts("a b\nc", "d\n\ne"));
        assertThat(Texts.split("a\nb")).isEqualTo(new Texts("a\nb", ""));
    }
}
