package dev.troupe.reward.writing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.troupe.reward.environment.InvalidTaskException;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where the strict scorer differs from the published one, and that it does. */
class ScorerTest {

    private static final WordLists LISTS = WordLists.parse(
            List.of("contrast: but, however", "cause: so, since", "time: since then, then, but"),
            List.of("the a of and in is it"));

    @Test
    void phrasesInsideOfWordsCountForTheCompatibleOne() {
        var texts = new Texts("", "A sofa with a button");

        assertThat(measure(Scorer.STRICT, texts).transitions()).isZero();
        // so(fa), but(ton), and "but" stands in two categories
        assertThat(measure(Scorer.COMPATIBLE, texts).transitions()).isEqualTo(3);
    }

    @Test
    void aWordCountsInOnePhrase() {
        var texts = new Texts("", "It has grown SINCE\n then.");

        assertThat(measure(Scorer.STRICT, texts).transitions()).isEqualTo(1);
        assertThat(measure(Scorer.COMPATIBLE, new Texts("", "since then")).transitions())
                .isEqualTo(2);
    }

    @Test
    void stopWordsAreNoVocabularyForTheStrictOne() {
        var texts = new Texts("the goat", "the goat and a cow");

        assertThat(measure(Scorer.STRICT, texts).vocabularyRatio()).isEqualTo(2);
        assertThat(measure(Scorer.COMPATIBLE, texts).vocabularyRatio()).isEqualTo(2.5);
    }

    @Test
    void blanksAreNoLengthForTheStrictOne() {
        var texts = new Texts("ab cd", "ab      cd \n");

        assertThat(measure(Scorer.STRICT, texts).lengthRatio()).isEqualTo(1);
        assertThat(measure(Scorer.COMPATIBLE, texts).lengthRatio()).isEqualTo(12 / 5.0);
    }

    @Test
    void textsWithoutWordsHaveNothingInCommonForTheStrictOne() {
        var texts = new Texts("the - !", "of ...");

        assertThat(measure(Scorer.STRICT, texts).jaccard()).isZero();
        assertThat(measure(Scorer.COMPATIBLE, texts).jaccard()).isEqualTo(1);
    }

    @Test
    void noPhraseReachesOverTheSeamForTheStrictOne() {
        var texts = new Texts("that is how", "ever new");

        assertThat(Scorer.STRICT.measure(texts, PairForm.ARXIV, LISTS).transitions())
                .isZero();
        assertThat(Scorer.COMPATIBLE.measure(texts, PairForm.ARXIV, LISTS).transitions())
                .isEqualTo(1);
    }

    @Test
    void transitionsCountInBothTextsOfAPaperAndInTheSecondOfASummary() {
        var texts = new Texts("but", "so");

        assertThat(Scorer.STRICT.measure(texts, PairForm.ARXIV, LISTS).transitions())
                .isEqualTo(2);
        assertThat(measure(Scorer.STRICT, texts).transitions()).isEqualTo(1);
    }

    @Test
    void onlyTheStrictOneRewardsAllCategoriesInFull() {
        assertThat(Scorer.STRICT.transition(12, 12)).isEqualTo(1);
        assertThat(Scorer.STRICT.transition(1, 1)).isEqualTo(1);
        assertThat(Scorer.COMPATIBLE.transition(12, 12)).isEqualTo(0.95, within(1e-12));
        assertThat(Scorer.STRICT.transition(0, 12)).isZero();
        assertThat(Scorer.STRICT.transition(1, 12)).isEqualTo(Scorer.COMPATIBLE.transition(1, 12));
    }

    @Test
    void aLongTextTakesNoLongerThanItsLength() {
        // Quadratic work on such a text would take minutes.
        String sigmas = String.join("", Collections.nCopies(100_000, "\u03a3."));
        assertThat(measure(Scorer.COMPATIBLE, new Texts(sigmas, sigmas)).lengthRatio())
                .isEqualTo(1);
    }

    @Test
    void otherNamesAreRefused() {
        assertThatThrownBy(() -> Scorer.parse("lenient"))
                .isInstanceOf(InvalidTaskException.class)
                .hasMessageContaining("lenient")
                .hasMessageContaining("strict, compatible");
    }

    private static PairMeasures measure(Scorer scorer, Texts texts) {
        return scorer.measure(texts, PairForm.TLDR, LISTS);
    }
}
