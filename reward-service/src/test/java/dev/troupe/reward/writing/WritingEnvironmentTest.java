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
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

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

        // r = 127 / 49 and v = 18 / 9 are in the full range, transitions of 3 categories (contrast, cause, example)
        // and "goat", "milk", "valley" in common.
        assertThat(score.getQuality()).isEqualTo((0.5 + 1 + 0.5 + 0.4 * (0.4 + 0.05 * 2) + 0.6) / 2.98, within(1e-12));
        assertThat(score.getPassed()).isTrue();
        assertThat(terms(score))
                .containsEntry("structure", 1.0)
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
        assertThat(scored(BRIEF, BRIEF).getQuality()).isEqualTo(0.5 / 2.98, within(1e-12));
    }

    @Test
    void theSameWordsOverAndOverStopAtTheVocabulary() {
        assertThat(scored(BRIEF, BRIEF + " " + BRIEF).getQuality()).isEqualTo(1.5 / 2.98, within(1e-12));
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

    private static Map<String, Double> terms(Score score) {
        return score.getTerms().stream().collect(Collectors.toMap(Term::getName, Term::getValue));
    }

    private static Task.Builder task() {
        return Task.newBuilder().setTaskId("t").setEnvironment("writing").setPrompt("Cheese in the valley.");
    }
}
