package dev.troupe.reward.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SeenTasksTest {

    private static final long WEEK = SeenTasks.RETENTION.toMillis();

    private final MapStore store = new MapStore();
    private final SeenTasks seen = new SeenTasks(store);

    @Test
    void oneCallLooksAtAFewAndAllAreLookedAtInTurn() {
        int ids = 3 * SeenTasks.SLICE + 1;
        for (int i = 0; i < ids; i++) {
            ended("t" + i, i % 2 == 0 ? 0 : WEEK);
        }
        seen.purge(WEEK + 1);
        assertThat(store.size()).isBetween(ids - SeenTasks.SLICE, ids - 1);

        for (int call = 0; call < 3; call++) {
            seen.purge(WEEK + 1);
        }
        assertThat(store.size()).isEqualTo(ids / 2);
        assertThat(seen.contains("t0")).isFalse();
        assertThat(seen.contains("t1")).isTrue();
    }

    @Test
    void anIdIsTakenForAsLongAsItsTaskHasNotEnded() {
        assertThat(seen.add("t")).isTrue();
        seen.purge(5 * WEEK);
        assertThat(seen.add("t")).isFalse();

        seen.ended("t", 5 * WEEK);
        seen.purge(6 * WEEK);
        assertThat(seen.contains("t")).isTrue();
        seen.purge(6 * WEEK + SeenTasks.REST.toMillis());
        assertThat(seen.contains("t")).isFalse();
    }

    @Test
    void restsAfterALookAtAll() {
        ended("old", 0);
        ended("new", WEEK);
        seen.purge(WEEK + 1);
        assertThat(seen.contains("old")).isFalse();

        seen.purge(2 * WEEK);
        ended("new again", 0);
        seen.purge(2 * WEEK + 1);
        assertThat(seen.contains("new again")).as("within the rest").isTrue();

        seen.purge(2 * WEEK + SeenTasks.REST.toMillis());
        assertThat(seen.contains("new again")).isFalse();
    }

    @Test
    void anIdThatIsForgottenMidwayDoesNotStopTheLook() {
        for (int i = 0; i < 2 * SeenTasks.SLICE; i++) {
            ended("%05d".formatted(i), 0);
        }
        seen.purge(WEEK + 1);
        seen.forget("%05d".formatted(SeenTasks.SLICE));
        seen.purge(WEEK + 1);

        assertThat(store.size()).isZero();
    }

    private void ended(String taskId, long at) {
        seen.add(taskId);
        seen.ended(taskId, at);
    }
}
