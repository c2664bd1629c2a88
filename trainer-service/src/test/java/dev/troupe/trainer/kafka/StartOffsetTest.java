package dev.troupe.trainer.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.trainer.checkpoint.ResumeException;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** A checkpoint of step 7 that ends at offset 12 of a partition with 100 records. */
class StartOffsetTest {
    @Test
    void goesOnFromWhatItCommittedItself() {
        assertThat(resumed(by(12, 7))).hasValue(12);
    }

    @Test
    void passesOverWhatWasOfOtherTeams() {
        assertThat(resumed(by(15, 6))).hasValue(15);
    }

    @Test
    void takesTheCheckpointsWhenTheGroupsHasExpired() {
        assertThat(resumed(Optional.empty())).hasValue(12);
    }

    @Test
    void startsAtTheBeginningOrWhereItWasToldTo() {
        assertThat(start(Optional.empty()).of(OptionalLong.empty(), 0, 100, false))
                .isEmpty();
        assertThat(start(byHand(40)).of(OptionalLong.empty(), 0, 100, false)).hasValue(40);
    }

    @Test
    void refusesAnOffsetThatWasSetByHandAndSaysHowToGoOn() {
        assertThatThrownBy(() -> resumed(byHand(5)))
                .isInstanceOf(ResumeException.class)
                .hasMessageContaining("OFFSETS_RESET")
                .hasMessageContaining("twice")
                .hasMessageContaining(
                        "--group troupe-trainer-red --topic episode-groups:0 --reset-offsets --to-offset 12")
                .hasMessageContaining("trainer.accept.offset.reset=true");
        assertThatThrownBy(() -> resumed(byHand(20))).hasMessageContaining("never");
        assertThatThrownBy(() -> resumed(by(5, 3))).hasMessageContaining("twice");
    }

    @Test
    void followsAnOffsetThatWasSetByHandWhenItIsTold() {
        assertThat(start(byHand(5)).of(OptionalLong.of(12), 7, 100, true)).hasValue(5);
        assertThat(start(byHand(20)).of(OptionalLong.of(12), 7, 100, true)).hasValue(20);
    }

    @Test
    void refusesATopicThatIsShorterThanWhatWasTrained() {
        assertThatThrownBy(() -> start(Optional.empty()).of(OptionalLong.of(12), 7, 3, false))
                .hasMessageContaining("made anew");
        assertThatThrownBy(() -> start(by(12, 7)).of(OptionalLong.of(12), 7, 3, false))
                .hasMessageContaining("made anew");
        assertThat(start(by(12, 7)).of(OptionalLong.of(12), 7, 3, true)).isEmpty();
    }

    private static OptionalLong resumed(Optional<StartOffset.Committed> committed) {
        return start(committed).of(OptionalLong.of(12), 7, 100, false);
    }

    private static StartOffset start(Optional<StartOffset.Committed> committed) {
        return new StartOffset("episode-groups:0", "troupe-trainer-red", committed);
    }

    private static Optional<StartOffset.Committed> by(long offset, long step) {
        return Optional.of(new StartOffset.Committed(offset, OptionalLong.of(step)));
    }

    private static Optional<StartOffset.Committed> byHand(long offset) {
        return Optional.of(new StartOffset.Committed(offset, OptionalLong.empty()));
    }
}
