package dev.troupe.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PointInTimeTest {

    private static final Instant NOW = Instant.parse("2026-03-08T12:00:00Z");

    @Test
    void isAnInstantOrHowLongAgo() {
        assertThat(PointInTime.parse("2026-01-31T12:00:00.5Z", NOW)).isEqualTo("2026-01-31T12:00:00.500Z");
        assertThat(PointInTime.parse("7d", NOW)).isEqualTo("2026-03-01T12:00:00Z");
        assertThat(PointInTime.parse(" 90m ", NOW)).isEqualTo("2026-03-08T10:30:00Z");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "7",
                "-7d",
                "2026-01-31",
                "yesterday",
                "999999999999d",
                "30000d",
                "1969-12-31T00:00:00Z",
                "+10000-01-01T00:00:00Z"
            })
    void saysWhatItTakes(String text) {
        assertThatThrownBy(() -> PointInTime.parse(text, NOW))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2026-01-31T12:00:00Z");
    }
}
