package dev.troupe.reward.writing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PairScoreTest {

    @ParameterizedTest
    @CsvSource({
        "TLDR,1.1,0", "TLDR,1.35,0.5", "TLDR,1.6,1", "TLDR,3.2,1", "TLDR,4.1,0.5", "TLDR,5.0,0", "TLDR,0.5,0",
        "TLDR,9,0", "ARXIV,0.79,0", "ARXIV,1.05,0.5", "ARXIV,1.3,1", "ARXIV,1.6,1", "ARXIV,1.8,0.5", "ARXIV,2.1,0",
        "ARXIV_PUBLISHED,0.9,0.5", "ARXIV_PUBLISHED,1,1", "ARXIV_PUBLISHED,1.3,1", "ARXIV_PUBLISHED,1.4,0.5"
    })
    void lengthRampsUpAndDown(PairForm form, double ratio, double level) {
        assertThat(score(form, 150, 150, ratio, 2, 1, 1).lengthLevel()).isEqualTo(level, within(1e-9));
    }

    @ParameterizedTest
    @CsvSource({
        "TLDR,1.29,0",
        "TLDR,1.3,0",
        "TLDR,1.65,0.5",
        "TLDR,2,1",
        "TLDR,5,1",
        "ARXIV,0.49,0",
        "ARXIV,0.6,0.5",
        "ARXIV,0.7,1",
        "ARXIV,1.3,1",
        "ARXIV,1.5,0.5",
        "ARXIV,1.71,0"
    })
    void vocabularyRampsUp(PairForm form, double ratio, double level) {
        assertThat(score(form, 150, 150, 1.4, ratio, 1, 1).vocabularyLevel()).isEqualTo(level, within(1e-9));
    }

    @ParameterizedTest
    @CsvSource({
        "TLDR,7,8,false",
        "TLDR,8,7,false",
        "TLDR,8,8,true",
        "TLDR,256,256,true",
        "TLDR,257,8,false",
        "TLDR,8,257,false",
        "ARXIV,127,128,false",
        "ARXIV,128,128,true",
        "ARXIV,128,257,false"
    })
    void structureIsBetweenTheBoundsOfTheForm(PairForm form, int pieces1, int pieces2, boolean holds) {
        assertThat(score(form, pieces1, pieces2, 2, 2, 1, 1).structureHolds()).isEqualTo(holds);
    }

    @Test
    void aLevelIsReachedOnlyThroughTheOneBefore() {
        assertThat(score(PairForm.TLDR, 7, 8, 2, 2, 1, 1).earned()).containsExactly(0.0, 0.0, 0.0, 0.0);
        assertThat(score(PairForm.TLDR, 8, 8, 1, 2, 1, 1).earned()).containsExactly(0.5, 0.0, 0.0, 0.0);
        assertThat(score(PairForm.TLDR, 8, 8, 2, 1, 1, 1).earned()).containsExactly(0.5, 1.0, 0.0, 0.0);
        // On the edge of a band it is reached and earns nothing.
        assertThat(score(PairForm.TLDR, 8, 8, 1.1, 1.3, 1, 1).earned()).containsExactly(0.5, 0.0, 0.0, 1.0);
    }

    @Test
    void theBestThereIsReachesFullQuality() {
        assertThat(score(PairForm.TLDR, 8, 8, 2, 2, 1, 1).total()).isEqualTo(3);
        assertThat(score(PairForm.TLDR, 8, 8, 2, 2, 1, 1).quality()).isEqualTo(1);
    }

    @Test
    void passingTakesHalfOfEveryLevel() {
        assertThat(score(PairForm.TLDR, 8, 8, 1.36, 1.66, 0.03, 0).passed()).isTrue();
        assertThat(score(PairForm.TLDR, 8, 8, 1.34, 1.66, 0.03, 0).passed()).isFalse();
        assertThat(score(PairForm.TLDR, 8, 8, 1.36, 1.64, 0.03, 0).passed()).isFalse();
        assertThat(score(PairForm.TLDR, 8, 8, 1.36, 1.66, 0.02, 0).passed()).isFalse();
        assertThat(score(PairForm.TLDR, 7, 8, 1.36, 1.66, 0.03, 0).passed()).isFalse();
    }

    private static PairScore score(
            PairForm form, int pieces1, int pieces2, double length, double words, double jaccard, double transition) {
        return new PairScore(form, new PairMeasures(pieces1, pieces2, length, words, jaccard, 1, transition));
    }
}
