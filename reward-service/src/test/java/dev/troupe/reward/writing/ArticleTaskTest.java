package dev.troupe.reward.writing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.reward.environment.InvalidTaskException;
import dev.troupe.reward.environment.Judging;
import dev.troupe.reward.environment.Outcome.Scored;
import dev.troupe.reward.environment.Steps;
import dev.troupe.schemas.avro.RoleObservation;
import dev.troupe.schemas.avro.Task;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArticleTaskTest {

    private static final Judging NO_SANDBOX = () -> program -> {
        throw new IllegalStateException("writing needs no sandbox");
    };
    private static final String BODY = "\nThe oven was a hole in the ground and bakers fed it wood.";

    private final WritingEnvironment environment = new WritingEnvironment();

    @Test
    void everySectionHasAnAuthor() throws Exception {
        Task task = task("Past\n\n Now \nFuture\nEnd");
        List<RoleObservation> opening = environment.begin(task);

        assertThat(environment.roles(task)).containsExactly("author1", "author2", "author3", "author4");
        assertThat(opening)
                .extracting(RoleObservation::getRole)
                .containsExactly("author1", "author2", "author3", "author4");
        assertThat(opening.get(2).getPrompt().getFirst().getContent())
                .contains("\"Future\"")
                .contains("Past; Now; Future; End")
                .endsWith("Ovens.");
    }

    @Test
    void theSectionsMayBeAJsonArray() throws Exception {
        assertThat(ArticleTask.of(" [\"Past\", \"Now, then\"]", false).titles()).containsExactly("Past", "Now, then");
        for (String sections : List.of("[\"Past\", 1", "[{}, {}]", "[\"Past\", \"Now\"] x", "[null, \"Past\"]")) {
            assertThatThrownBy(() -> ArticleTask.of(sections, false))
                    .as(sections)
                    .isInstanceOf(InvalidTaskException.class)
                    .hasMessageContaining("fields.sections");
        }
    }

    @Test
    void aTeamAndASingleAuthorAreJudgedByTheSameRubric() {
        Task task = task("Past\nNow");
        Task alone = Task.newBuilder(task).setCollaboration("single").build();
        var team = Steps.of(task, List.of(), Map.of("author1", "Past" + BODY, "author2", "Now" + BODY));
        var single = Steps.of(alone, List.of(), Map.of("single", "Past" + BODY + "\nNow" + BODY));

        double quality = ((Scored) environment.judge(team, NO_SANDBOX)).score().getQuality();
        assertThat(quality).isPositive();
        assertThat(((Scored) environment.judge(single, NO_SANDBOX)).score().getQuality())
                .isEqualTo(quality);
    }

    @ParameterizedTest
    @CsvSource({
        "'', 0 titles",
        "Alone, 1 titles",
        "'Past|past:', past:",
        "'Past|--', --",
        "'1|2|3|4|5|6|7|8|9|a|b|c|d|e|f|g|h', 17 titles"
    })
    void sectionsThatCannotBeToldApartAreRefused(String sections, String named) {
        assertThatThrownBy(() -> environment.begin(task(sections.replace('|', '\n'))))
                .isInstanceOf(InvalidTaskException.class)
                .hasMessageContaining("fields.sections")
                .hasMessageContaining(named);
    }

    @Test
    void thereIsNoCompatibleScorerOfArticles() {
        Task task = Task.newBuilder(task("Past\nNow"))
                .setFields(Map.of("form", "article", "sections", "Past\nNow", "scorer", "compatible"))
                .build();

        assertThatThrownBy(() -> environment.begin(task)).hasMessageContaining("compatible");
    }

    private static Task task(String sections) {
        return Task.newBuilder()
                .setTaskId("t")
                .setEnvironment("writing")
                .setPrompt("Ovens.")
                .setFields(Map.of("form", "article", "sections", sections))
                .build();
    }
}
