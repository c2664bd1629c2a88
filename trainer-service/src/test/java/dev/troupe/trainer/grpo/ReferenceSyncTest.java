package dev.troupe.trainer.grpo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ReferenceSyncTest {
    @Test
    void movesTheReferenceEverySoManySteps() {
        var sync = new ReferenceSync(true, 0.6, 3);
        assertThat(LongStream.rangeClosed(1, 9).filter(sync::dueAfter)).containsExactly(3L, 6L, 9L);
        assertThat(ReferenceSync.defaults().dueAfter(512)).isFalse();
    }

    @Test
    void refusesWhatIsNoShareAndNoInterval() {
        assertThatThrownBy(() -> new ReferenceSync(true, 1.1, 3)).hasMessageContaining("ref_model_mixup_alpha");
        assertThatThrownBy(() -> new ReferenceSync(true, 0.5, 0)).hasMessageContaining("ref_model_sync_steps");
    }
}
