package dev.troupe.reward.rescore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TeamChangeTest {

    @ParameterizedTest
    @CsvSource({
        "1 2 3, 1 2 3, false",
        "1 2 3, 3 2 1, true",
        // Two were best together and one of them still is.
        "1 3 3, 1 2 3, false",
        // It is still best, though no longer alone.
        "1 2 3, 3 2 3, false",
        "1 1 1, 1 2 3, false",
    })
    void theBestHasChangedWhenNoneOfTheBestStillIs(String before, String after, boolean changed) {
        assertThat(group(before, after).bestChanged()).isEqualTo(changed);
    }

    @Test
    void addsUpWhatTheGroupsSay() {
        TeamChange change = TeamChange.of(
                List.of(
                        group("1 2 3 4", "1 3 2 4"),
                        group("1 2", "2 1"),
                        // Flat before: compared, not ranked.
                        group("1 1", "1 2"),
                        group("1 2", "7 7"),
                        // Alone: only in the means.
                        group("5", "9")),
                3);

        assertThat(change.episodes()).isEqualTo(11);
        assertThat(change.newlyScored()).isEqualTo(3);
        assertThat(change.meanBefore()).isEqualTo((10 + 3 + 2 + 3 + 5) / 11.0, within(1e-15));
        assertThat(change.meanAfter()).isEqualTo((10 + 3 + 3 + 14 + 9) / 11.0, within(1e-15));
        assertThat(change.groups()).isEqualTo(4);
        assertThat(change.bestChanged()).isEqualTo(1);
        assertThat(change.rankedGroups()).isEqualTo(2);
        assertThat(change.meanTau()).hasValueCloseTo((4 / 6.0 - 1) / 2, within(1e-15));
        assertThat(change.flatBefore()).isEqualTo(1);
        assertThat(change.flatAfter()).isEqualTo(1);
    }

    @Test
    void nothingIsNoNumber() {
        TeamChange change = TeamChange.of(List.of(), 1);

        assertThat(change.meanBefore()).isNaN();
        assertThat(change.meanTau()).isEmpty();
        assertThat(change.groups()).isZero();
    }

    private static GroupRanking group(String before, String after) {
        return new GroupRanking(numbers(before), numbers(after));
    }

    private static List<Double> numbers(String text) {
        return List.of(text.split(" ")).stream().map(Double::valueOf).toList();
    }
}
