package dev.troupe.cli.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.reward.environment.Environment;
import dev.troupe.reward.environment.Environments;
import dev.troupe.reward.environment.InvalidTaskException;
import dev.troupe.reward.environment.Outcome;
import dev.troupe.reward.environment.Outcome.Continue;
import dev.troupe.reward.environment.Outcome.Scored;
import dev.troupe.reward.environment.Outcome.Unscorable;
import dev.troupe.reward.environment.UnscorableReason;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.FinishReason;
import dev.troupe.schemas.avro.RoleObservation;
import dev.troupe.schemas.avro.Score;
import dev.troupe.schemas.avro.Step;
import dev.troupe.schemas.avro.Task;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RehearsalEnvironmentTest {

    private final Environment environment = new RehearsalEnvironment();

    @Test
    void isFoundByItsName() {
        assertThat(Environments.load().find("rehearsal")).containsInstanceOf(RehearsalEnvironment.class);
    }

    @Test
    void opensForItsRoles() throws Exception {
        assertThat(environment.begin(task("parallel", 1)))
                .extracting(RoleObservation::getRole)
                .containsExactly("first", "second");
        assertThat(environment.begin(task("single", 1)))
                .extracting(RoleObservation::getRole)
                .containsExactly("first");
        assertThatThrownBy(() -> environment.begin(task("debate", 1)))
                .isInstanceOf(InvalidTaskException.class)
                .hasMessage("collaboration 'debate' is not one of: parallel, single");
    }

    @Test
    void everyTurnButTheLastGoesOn() throws Exception {
        assertThat(judge(2, List.of(Map.of("first", "a", "second", "b"))))
                .isInstanceOfSatisfying(
                        Continue.class,
                        next -> assertThat(next.observations())
                                .extracting(RoleObservation::getRole)
                                .containsExactly("first", "second"));
        assertThat(judge(2, List.of(Map.of("first", "a", "second", "b"), Map.of("first", "c", "second", "d"))))
                .isInstanceOf(Scored.class);
    }

    @Test
    void sameTextsScoreTheSameAndOthersSpread() throws Exception {
        assertThat(quality("one")).isEqualTo(quality("one"));
        double[] qualities =
                IntStream.range(0, 100).mapToDouble(i -> quality("text " + i)).toArray();
        assertThat(DoubleStream.of(qualities).min().orElseThrow()).isBetween(0.0, 0.1);
        assertThat(DoubleStream.of(qualities).max().orElseThrow()).isBetween(0.9, 1.0);
        assertThat(DoubleStream.of(qualities).average().orElseThrow()).isBetween(0.3, 0.7);
        assertThat(DoubleStream.of(qualities).distinct().count()).isEqualTo(100);
    }

    @Test
    void aMissingRoleHasNoScore() throws Exception {
        assertThat(judge(1, List.of(Map.of("first", "a"))))
                .isInstanceOfSatisfying(
                        Unscorable.class,
                        unscorable -> assertThat(unscorable.reason()).isEqualTo(UnscorableReason.INCOMPLETE_STEP));
    }

    private double quality(String text) {
        try {
            Score score = ((Scored) judge(1, List.of(Map.of("first", text, "second", "x")))).score();
            return score.getQuality();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Outcome judge(int maxTurns, List<Map<String, String>> turns) throws InterruptedException {
        List<List<Action>> joint = turns.stream()
                .map(turn -> turn.entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .map(entry -> action(entry.getKey(), entry.getValue()))
                        .toList())
                .toList();
        Step step = Step.newBuilder()
                .setTask(task("parallel", maxTurns))
                .setEpisode(0)
                .setTurn(turns.size() - 1)
                .setJoint(joint)
                .setMessages(List.of())
                .build();
        return environment.judge(step, () -> {
            throw new AssertionError("a rehearsal runs nothing");
        });
    }

    private static Task task(String collaboration, int maxTurns) {
        return Task.newBuilder()
                .setTaskId("t")
                .setEnvironment("rehearsal")
                .setCollaboration(collaboration)
                .setPrompt("anything")
                .setMaxTurns(maxTurns)
                .build();
    }

    private static Action action(String role, String text) {
        return Action.newBuilder()
                .setTaskId("t")
                .setEpisode(0)
                .setTurn(0)
                .setRole(role)
                .setAgentId("agent")
                .setPolicyId("team")
                .setText(text)
                .setPromptTokenIds(List.of())
                .setTokenIds(List.of())
                .setLogprobs(List.of())
                .setTemperature(1)
                .setVersions(List.of())
                .setFinishReason(FinishReason.STOP)
                .setStartedAt(0)
                .setFinishedAt(0)
                .build();
    }
}
