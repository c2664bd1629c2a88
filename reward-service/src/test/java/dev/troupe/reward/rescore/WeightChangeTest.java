package dev.troupe.reward.rescore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.schemas.avro.RewardWeights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightChangeTest {

    @Test
    void changesWhatItNamesAndNothingElse() {
        WeightChange change = WeightChange.parse("speed=0.5, coordination = -1e-3");

        assertThat(change.applyTo(new RewardWeights(0.9, 0.1, 0.2))).isEqualTo(new RewardWeights(0.9, 0.5, -0.001));
        assertThat(change).hasToString("speed=0.5,coordination=-0.001");
        assertThat(WeightChange.NONE.applyTo(new RewardWeights(0.9, 0.1, 0.2)))
                .isEqualTo(new RewardWeights(0.9, 0.1, 0.2));
        assertThat(WeightChange.NONE).hasToString("unchanged");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "quality=NaN | 'quality' is NaN",
                "speed=Infinity | 'speed' is Infinity",
                "quality=1e999 | 'quality' is Infinity",
                "quality=much | quality=much",
                "quality= | quality=",
                "style=1 | 'style'",
                "quality | 'quality' is no weight",
                "quality=1,quality=2 | twice",
                "quality=1, | ''",
            })
    void namesWhatItCannotRead(String text, String message) {
        assertThatThrownBy(() -> WeightChange.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
