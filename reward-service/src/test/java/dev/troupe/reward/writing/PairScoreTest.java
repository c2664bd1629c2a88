package dev.troupe.reward.writing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WritingResultTest {

    @ParameterizedTest
    @CsvSource({"1.1,0", "1.35,0.5", "1.6,1", "3.2,1", "4.1,0.5", "5.0,0", "0.5,0", "9,0"})
    void lengthRampsUpAndDown(double ratio, double level) {
        assertThat(result(8, 8, ratio, 2, 1, 1).lengthLevel()).isEqualTo(level, within(1e-9));
    }

    @ParameterizedTest
    @CsvSource({"1.29,0", "1.3,0", "1.65,0.5", "2,1", "5,1"})
    void vocabularyRampsUp(double ratio, double level) {
        assertThat(result(8, 8, 2, ratio, 1, 1).vocabularyLevel()).isEqualTo(level, within(1e-9));
    }

    @ParameterizedTest
    @CsvSource({"7,8,false", "8,7,false", "8,8,true", "256,256,true", "257,8,false", "8,257,false"})
    void structureIsBetweenEightAndTwoHundredFiftySixPieces(int pieces1, int pieces2, boolean holds) {
        assertThat(result(pieces1, pieces2, 2, 2, 1, 1).structureHolds()).isEqualTo(holds);
    }

    @Test
    void theBestThereIsReachesFullQuality() {
        assertThat(result(8, 8, 2, 2, 1, 12).quality()).isEqualTo(1, within(1e-12));
        assertThat(WritingResult.maximum()).isEqualTo(2.98, within(1e-12));
    }

    @Test
    void passingTakesHalfOfEveryLevel() {
        assertThat(result(8, 8, 1.36, 1.66, 0.03, 0).passed()).isTrue();
        assertThat(result(8, 8, 1.34, 1.66, 0.03, 0).passed()).isFalse();
        assertThat(result(8, 8, 1.36, 1.64, 0.03, 0).passed()).isFalse();
        assertThat(result(8, 8, 1.36, 1.66, 0.02, 0).passed()).isFalse();
        assertThat(result(7, 8, 1.36, 1.66, 0.03, 0).passed()).isFalse();
    }

    private static WritingResult result(
            int pieces1, int pieces2, double length, double vocabulary, double jaccard, int transitions) {
        return new WritingResult(pieces1, pieces2, length, vocabulary, jaccard, transitions);
    }
}
