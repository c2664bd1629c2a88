package dev.troupe.reward.coordinator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The audit reads state that the coordinator writes: the names and keys have to fit. */
class StateTopicsTest {

    private final StateTopics topics = new StateTopics("app");

    @Test
    void namesTheChangelogsAsStreamsDoes() {
        assertThat(topics.groups()).isEqualTo("app-" + StoreNames.GROUPS + "-changelog");
        assertThat(topics.waiting()).isEqualTo("app-" + StoreNames.WAITING + "-changelog");
    }

    @Test
    void readsTheOffsetOfAWaitingTask(@TempDir Path dir) {
        try (var run = new Harness(dir, Map.of())) {
            run.task(Records.task("first").build());
            run.task(Records.task("second").build());

            assertThat(run.keys(StoreNames.WAITING))
                    .extracting(key -> StateTopics.waitingOffset(key.getBytes(UTF_8)))
                    .containsExactly(0L, 1L);
        }
    }
}
