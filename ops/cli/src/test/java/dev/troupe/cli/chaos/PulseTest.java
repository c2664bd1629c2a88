package dev.troupe.cli.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PulseTest {

    private final Pulse pulse = new Pulse();

    @Test
    void countsWhatIsStillToCome() {
        pulse.expect(3);
        pulse.beat();
        assertThat(pulse.open()).isEqualTo(2);
        assertThat(pulse.episodes()).isOne();
    }

    @Test
    void silenceIsMeasuredOnceThereIsWork() {
        assertThat(pulse.longestSilence()).isEqualTo(Duration.ZERO);
        pulse.expect(1);
        pulse.beat();
        assertThat(pulse.longestSilence()).isPositive();
    }
}
