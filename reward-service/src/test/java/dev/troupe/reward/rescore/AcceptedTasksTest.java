package dev.troupe.reward.rescore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.Task;
import org.junit.jupiter.api.Test;

class AcceptedTasksTest {

    private static final long WEEK = TopicCatalog.TASKS.retention().toMillis();

    private final AcceptedTasks tasks = new AcceptedTasks();

    @Test
    void anEpisodeBelongsToTheTaskThatWasLastAcceptedBeforeIt() {
        Task first = task("first");
        Task second = task("second");
        tasks.add(first, 1_000);
        tasks.add(second, 1_000 + WEEK);

        assertThat(tasks.find("t", WEEK)).isSameAs(first);
        assertThat(tasks.find("t", 1_001 + WEEK)).isSameAs(second);
        assertThat(tasks.find("t", 999)).as("the clock of who fed it was ahead").isSameAs(first);
        assertThat(tasks.find("unheard", WEEK)).isNull();
    }

    @Test
    void aDuplicateThatWasNotLookedAtYetDoesNotCount() {
        Task first = task("first");
        tasks.add(first, 1_000);
        tasks.add(task("second"), 2_000);

        assertThat(tasks.find("t", 3_000)).isSameAs(first);
    }

    private static Task task(String prompt) {
        return Task.newBuilder()
                .setTaskId("t")
                .setEnvironment("talk")
                .setPrompt(prompt)
                .build();
    }
}
