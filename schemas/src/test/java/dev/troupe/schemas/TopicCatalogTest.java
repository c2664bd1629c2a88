package dev.troupe.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.schemas.avro.Step;
import dev.troupe.schemas.avro.Task;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class TopicCatalogTest {

    @Test
    void namesAreUniqueAndFoundByName() {
        assertThat(TopicCatalog.all().stream().map(Topic::name)).doesNotHaveDuplicates();
        assertThat(TopicCatalog.find("episodes")).contains(TopicCatalog.EPISODES);
        assertThat(TopicCatalog.find("epsodes")).isEmpty();
    }

    @Test
    void keptAsTheDesignSays() {
        assertThat(TopicCatalog.EPISODES.settings()).containsEntry("retention.ms", "2592000000");
        assertThat(TopicCatalog.MODEL_VERSIONS.settings()).containsEntry("cleanup.policy", "compact");
    }

    @Test
    void rescoredEpisodesAreKeptLikeTheEpisodesTheyAreMadeOf() {
        assertThat(TopicCatalog.RESCORED_EPISODES.settings()).isEqualTo(TopicCatalog.EPISODES.settings());
        assertThat(TopicCatalog.RESCORED_EPISODES.schema()).isEqualTo(TopicCatalog.EPISODES.schema());
        assertThat(TopicCatalog.RESCORED_EPISODES.subject()).isEqualTo("rescored-episodes-value");
    }

    @Test
    void alarmsOutliveTheEvaluationsThatTheyAreMadeOf() {
        assertThat(TopicCatalog.ALARMS.retention()).isGreaterThan(TopicCatalog.EVALUATIONS.retention());
    }

    @Test
    void everyTopicsKeyIsAFieldOfItsValues() {
        for (Topic<?> topic : TopicCatalog.all()) {
            var fields = topic.schema().getField(topic.key()) == null
                    ? topic.schema().getField("task").schema()
                    : topic.schema();
            assertThat(fields.getField(topic.key())).as(topic.name()).isNotNull();
        }
    }

    @Test
    void theKeyOfAStepIsThatOfItsTask() {
        Task task = Task.newBuilder()
                .setTaskId("t1")
                .setEnvironment("coding")
                .setPrompt("Sort it.")
                .build();

        assertThat(TopicCatalog.TASKS.keyOf(task)).isEqualTo("t1");
        Step step = Step.newBuilder()
                .setTask(task)
                .setEpisode(0)
                .setTurn(0)
                .setJoint(List.of())
                .setMessages(List.of())
                .build();
        assertThat(TopicCatalog.STEPS.keyOf(step)).isEqualTo("t1");
    }

    @Test
    void refusesANameThatKafkaMetricsWouldConfuse() {
        assertThatThrownBy(() -> new Topic<>(
                        "my.tasks",
                        "taskId",
                        Task.class,
                        Topic.Cleanup.DELETE,
                        Duration.ofDays(1),
                        List.of(),
                        List.of()))
                .hasMessageContaining("my.tasks");
    }
}
