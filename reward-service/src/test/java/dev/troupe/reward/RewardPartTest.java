package dev.troupe.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.runtime.config.ConfigException;
import dev.troupe.runtime.config.Settings;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RewardPartTest {

    @Test
    void runsEverythingByDefault() {
        assertThat(RewardPart.of(Settings.of(Map.of()))).containsExactly(RewardPart.values());
    }

    @Test
    void runsTheNamedPartsInTheOrderInWhichTheyStart() {
        Settings settings = Settings.of(Map.of("reward.parts", "coordinator, judges"));
        assertThat(RewardPart.of(settings)).containsExactly(RewardPart.JUDGES, RewardPart.COORDINATOR);
        assertThat(RewardPart.of(Settings.of(Map.of("reward.parts", "judges")))).containsExactly(RewardPart.JUDGES);
        settings.check();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|reward.parts names no part to run; take one or more of [coordinator, intake, judges]",
                "judge|reward.parts 'judge' is not one of [coordinator, intake, judges]",
                "judges,scorer|reward.parts 'scorer' is not one of [coordinator, intake, judges]",
            })
    void refusesWhatItCannotRun(String value, String problem) {
        Settings settings = Settings.of(Map.of("reward.parts", value));
        RewardPart.of(settings);
        assertThatThrownBy(settings::check).isInstanceOf(ConfigException.class).hasMessageContaining(problem);
    }
}
