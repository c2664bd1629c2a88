package dev.troupe.evaluator.play;

import static dev.troupe.evaluator.Samples.incomplete;
import static dev.troupe.evaluator.Samples.scored;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.EpisodeStep;
import dev.troupe.schemas.avro.FinishReason;
import dev.troupe.schemas.avro.Message;
import dev.troupe.schemas.avro.Term;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MeasuresTest {

    private static final PlayId ID = new PlayId("b", 1, "x");
    private static final List<String> TASKS = List.of("a", "b");

    private final History history = new History(Map.of("b", Set.of("a", "b", "c")));

    @Test
    void whatHasNoScoreAndWhatIsMissingAreFailuresInEveryOutcome() {
        history.add(scored(ID.taskId("a"), 0, true, 0.8, tests(3, 4)).build());
        history.add(scored(ID.taskId("a"), 1, false, 0.4, tests(1, 4)).build());
        history.add(incomplete(ID.taskId("b"), 0));

        Measures measures = measures(2);

        assertThat(value(measures, "passRate", "a")).isEqualTo(0.5);
        assertThat(value(measures, "pass@1", "a")).isEqualTo(0.5);
        assertThat(value(measures, "pass@2", "a")).isEqualTo(1);
        assertThat(value(measures, "quality", "a")).isEqualTo(0.6, within(1e-12));
        assertThat(value(measures, "testPassRate", "a")).isEqualTo(0.5);
        for (String outcome : List.of("passRate", "pass@1", "pass@2", "quality", "reward", "testPassRate")) {
            assertThat(value(measures, outcome, "b")).as(outcome).isZero();
        }
    }

    @Test
    void costsAreThoseOfWhatWasPlayed() {
        history.add(scored(ID.taskId("a"), 0, true, 1)
                .setSteps(List.of(new EpisodeStep(0, List.of(action(5), action(3)), List.of(message(), message()))))
                .setCriticalPathTokens(5)
                .build());
        history.add(incomplete(ID.taskId("a"), 1));

        Measures measures = measures(2);

        assertThat(value(measures, "criticalPathTokens", "a")).isEqualTo((5 + 12) / 2.0);
        assertThat(value(measures, "wallMillis", "a")).isEqualTo(250);
        // The second was published without its turns: nobody knows what it wrote.
        assertThat(value(measures, "tokens", "a")).isEqualTo(8);
        assertThat(value(measures, "messages", "a")).isEqualTo(2);
        assertThat(measures.values().get("tokens")).containsOnlyKeys("a");
    }

    @Test
    void anOutcomeThatNoEpisodeHasIsLeftOut() {
        history.add(scored(ID.taskId("a"), 0, true, 1).build());

        assertThat(measures(1).values()).doesNotContainKeys("consistency", "testPassRate");
    }

    @Test
    void aPlayOfThePastIsMeasuredByTheTasksItHad() {
        history.add(scored(ID.taskId("a"), 2, true, 1).build());

        Measures past = Measures.of(history.play(ID), List.of(1, 2, 4));

        assertThat(past.values().get("passRate")).containsOnlyKeys("a");
        assertThat(value(past, "passRate", "a")).as("one of three").isEqualTo(1.0 / 3);
        assertThat(past.values()).containsKey("pass@2").doesNotContainKey("pass@4");
    }

    @Test
    void theDifferenceIsTakenTaskByTask() {
        var other = new PlayId("b", 2, "x");
        for (String task : List.of("a", "b", "c")) {
            history.add(scored(ID.taskId(task), 0, true, 0.5).build());
        }
        history.add(scored(other.taskId("a"), 0, false, 0.75).build());
        history.add(scored(other.taskId("b"), 0, true, 0.5).build());

        var differences = Measures.of(history.play(other), List.of(1)).minus(Measures.of(history.play(ID), List.of(1)));

        assertThat(differences.get("quality")).satisfies(quality -> {
            assertThat(quality.getMean()).isEqualTo(0.125);
            assertThat(quality.getCount()).as("c was not played by both").isEqualTo(2);
            assertThat(quality.getPValue()).isEqualTo(1);
        });
        assertThat(differences.get("pass@1"))
                .satisfies(pass -> assertThat(pass.getMean()).isEqualTo(-0.5));
    }

    @Test
    void theFullestRunOfAVersionStandsForIt() {
        var cutOff = new PlayId("b", 1, "w");
        history.add(scored(cutOff.taskId("a"), 0, true, 1).build());
        history.add(scored(ID.taskId("a"), 0, true, 1).build());
        history.add(scored(ID.taskId("b"), 0, true, 1).build());
        history.add(scored(ID.taskId("b"), 0, true, 1).build());
        history.add(scored(ID.taskId("unknown"), 0, true, 1).build());

        assertThat(history.fullest("b", 1)).hasValueSatisfying(play -> {
            assertThat(play.id()).isEqualTo(ID);
            assertThat(play.received())
                    .as("twice the same, and a task of nobody")
                    .isEqualTo(2);
        });
        assertThat(history.fullest("b", 2)).isEmpty();

        history.retain("other", Set.of());
        assertThat(history.fullest("b", 1)).isPresent();
        history.retain("b", Set.of(2));
        assertThat(history.fullest("b", 1)).isEmpty();
    }

    private Measures measures(int samples) {
        return Measures.of(history.play(ID), TASKS, samples, List.of(1, 2));
    }

    private static double value(Measures measures, String metric, String task) {
        return requireNonNull(
                requireNonNull(measures.values().get(metric), metric).get(task), task);
    }

    private static Term[] tests(double passed, double total) {
        return new Term[] {new Term("tests_passed", passed), new Term("tests_total", total)};
    }

    private static Action action(int tokens) {
        return Action.newBuilder()
                .setTaskId("t")
                .setEpisode(0)
                .setTurn(0)
                .setRole("main")
                .setAgentId("agent")
                .setPolicyId("team")
                .setText("")
                .setPromptTokenIds(List.of())
                .setTokenIds(Collections.nCopies(tokens, 1))
                .setLogprobs(Collections.nCopies(tokens, -1f))
                .setTemperature(1)
                .setVersions(List.of())
                .setFinishReason(FinishReason.STOP)
                .setStartedAt(0)
                .setFinishedAt(0)
                .build();
    }

    private static Message message() {
        return Message.newBuilder()
                .setTaskId("t")
                .setEpisode(0)
                .setTurn(0)
                .setSequence(0)
                .setFrom("main")
                .setTo("all")
                .setContent("x")
                .setTokens(1)
                .setSentAt(0)
                .build();
    }
}
