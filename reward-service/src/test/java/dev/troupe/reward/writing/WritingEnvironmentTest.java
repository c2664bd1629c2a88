package dev.troupe.reward.writing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.troupe.reward.environment.InvalidTaskException;
import dev.troupe.reward.environment.Judging;
import dev.troupe.reward.environment.Outcome.Scored;
import dev.troupe.reward.environment.Outcome.Unscorable;
import dev.troupe.reward.environment.Steps;
import dev.troupe.schemas.avro.RoleObservation;
import dev.troupe.schemas.avro.Score;
import dev.troupe.schemas.avro.Task;
import dev.troupe.schemas.avro.Term;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WritingEnvironmentTest {

    private static final String BRIEF = "Farmers in the valley make cheese from goat milk.";
    private static final String DETAILED = "However, goat milk spoils quickly, so valley families salt it overnight. "
            + "For example, old dairies still press wheels by hand.";
    private static final Judging NO_SANDBOX = () -> program -> {
        throw new IllegalStateException("writing needs no sandbox");
    };

    private final WritingEnvironment environment = new WritingEnvironment();

    @Test
    void textsThatFitTogetherPass() {
        Score score = scored(BRIEF, DETAILED);

        // r = 127 / 49 and v = 14 / 6 are in the full range, transitions of 3 categories (contrast, cause, example)
        // and "goat", "milk", "valley" in common.
        double total = 0.5 + 1 + 0.5 + 0.4 * (0.4 + 0.6 * 2 / 11) + 0.6;
        assertThat(score.getQuality()).isEqualTo(total / 3, within(1e-12));
        assertThat(score.getPassed()).isTrue();
        assertThat(terms(score))
                .containsEntry("structure", 1.0)
                .containsEntry("total", total)
                .containsEntry("level2", 1.0)
                .containsEntry("transitions", 3.0)
                .containsEntry("consistency", 1.0)
                .containsEntry("length_ratio", (double) DETAILED.length() / BRIEF.length());
    }

    @Test
    void tooShortATextIsWorthNothing() {
        Score score = scored("Farmers make cheese.", DETAILED);

        assertThat(score.getQuality()).isZero();
        assertThat(score.getPassed()).isFalse();
        assertThat(terms(score)).containsEntry("structure", 0.0).containsEntry("consistency", 0.0);
    }

    @Test
    void aLevelIsReachedOnlyThroughTheOneBefore() {
        assertThat(scored(BRIEF, BRIEF).getQuality()).isEqualTo(0.5 / 3, within(1e-12));
    }

    @Test
    void theSameWordsOverAndOverStopAtTheVocabulary() {
        assertThat(scored(BRIEF, BRIEF + " " + BRIEF).getQuality()).isEqualTo(1.5 / 3, within(1e-12));
    }

    @Test
    void theTaskSaysWhatIsWrittenAndByWhichRulesItIsScored() throws Exception {
        String eight = "a b c d e f g h";
        var texts = Map.of("author1", eight, "author2", eight + " " + eight);

        // as a paper both are too short, and as a summary the repeated words end at the vocabulary
        assertThat(scored(Map.of("form", "arxiv"), texts).getQuality()).isZero();
        assertThat(scored(Map.of("form", "tldr", "scorer", "compatible"), texts).getQuality())
                .isEqualTo(1.5 / 3, within(1e-12));
        var compatible = scored(Map.of("scorer", "compatible"), Map.of("author1", BRIEF, "author2", DETAILED));
        assertThat(compatible.getQuality()).isNotEqualTo(scored(BRIEF, DETAILED).getQuality());
        assertThat(environment
                        .begin(task().setFields(Map.of("form", "arxiv")).build())
                        .getFirst()
                        .getPrompt()
                        .getFirst()
                        .getContent())
                .contains("background")
                .endsWith("Cheese in the valley.");
    }

    @Test
    void thePublishedBandOfPapersIsAnOption() {
        String one = String.join(" ", Collections.nCopies(10, "w1 w2 w3 w4 w5 w6 w7 w8 w9 w0 x1 x2 x3"));
        var texts = Map.of("author1", one, "author2", one);

        assertThat(terms(scored(Map.of("form", "arxiv"), texts))).containsEntry("level2", (1 - 0.8) / (1.3 - 0.8));
        assertThat(terms(scored(Map.of("form", "arxiv", "band", "published"), texts)))
                .containsEntry("level2", 1.0);
    }

    @ParameterizedTest
    @CsvSource({
        "form, poem, 'tldr, arxiv, article'",
        "scorer, kind, 'strict, compatible'",
        "band, wide, 'revised, published'"
    })
    void aFieldThatIsNotKnownIsRefusedWithWhatIs(String field, String value, String known) {
        Map<String, String> fields =
                field.equals("band") ? Map.of("form", "arxiv", field, value) : Map.of(field, value);
        Task task = task().setFields(fields).build();

        assertThatThrownBy(() -> environment.begin(task))
                .isInstanceOf(InvalidTaskException.class)
                .hasMessageContaining("fields." + field)
                .hasMessageContaining(value)
                .hasMessageContaining(known);
        assertThat(environment.judge(Steps.of(task, List.of(), Map.of("author1", "a", "author2", "b")), NO_SANDBOX))
                .isInstanceOf(Unscorable.class);
    }

    @Test
    void oneAuthorWritesBothPartsWithAnEmptyLineBetween() {
        Task task = task().setCollaboration("single").build();
        var both = Steps.of(task, List.of(), Map.of("single", BRIEF + "\n \n" + DETAILED));
        var one = Steps.of(task, List.of(), Map.of("single", BRIEF + "\n" + DETAILED));

        assertThat(((Scored) environment.judge(both, NO_SANDBOX)).score().getQuality())
                .isEqualTo(scored(BRIEF, DETAILED).getQuality());
        assertThat(((Scored) environment.judge(one, NO_SANDBOX)).score().getQuality())
                .isZero();
    }

    @Test
    void refusesTasksThatItCannotJudge() throws Exception {
        assertThat(environment.begin(task().build()))
                .extracting(RoleObservation::getRole)
                .containsExactly("author1", "author2");
        for (Task.Builder task :
                List.of(task().setPrompt(""), task().setMaxTurns(2), task().setCollaboration("debate"))) {
            assertThatThrownBy(() -> environment.begin(task.build())).isInstanceOf(InvalidTaskException.class);
        }
    }

    @Test
    void anIncompleteStepIsNoScore() {
        var half = Steps.of(task().build(), List.of(), Map.of("author1", BRIEF));

        assertThat(environment.judge(half, NO_SANDBOX)).isInstanceOf(Unscorable.class);
    }

    private Score scored(String brief, String detailed) {
        var step = Steps.of(task().build(), List.of(), Map.of("author1", brief, "author2", detailed));
        return ((Scored) environment.judge(step, NO_SANDBOX)).score();
    }

    private Score scored(Map<String, String> fields, Map<String, String> texts) {
        var step = Steps.of(task().setFields(fields).build(), List.of(), texts);
        return ((Scored) environment.judge(step, NO_SANDBOX)).score();
    }

    private static Map<String, Double> terms(Score score) {
        return score.getTerms().stream().collect(Collectors.toMap(Term::getName, Term::getValue));
    }

    private static Task.Builder task() {
        return Task.newBuilder().setTaskId("t").setEnvironment("writing").setPrompt("Cheese in the valley.");
    }
}
