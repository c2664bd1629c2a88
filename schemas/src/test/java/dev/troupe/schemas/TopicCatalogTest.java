package dev.troupe.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
