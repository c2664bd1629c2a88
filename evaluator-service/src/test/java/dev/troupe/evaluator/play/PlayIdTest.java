package dev.troupe.evaluator.play;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.evaluator.play.PlayId.PlayedTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlayIdTest {

    @Test
    void isFoundAgainInTheIdsOfItsTasks() {
        var id = new PlayId("coding-team", 40, "x1");

        assertThat(id.taskId("HumanEval/7")).isEqualTo("eval/coding-team/40/x1/HumanEval/7");
        assertThat(PlayId.parse(id.taskId("HumanEval/7"))).contains(new PlayedTask(id, "HumanEval/7"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "train/1", "eval/b/1/x", "eval/b/one/x/a", "eval/b/99999999999/x/a", "evil/b/1/x/a"})
    void otherTasksAreNobodys(String taskId) {
        assertThat(PlayId.parse(taskId)).isEmpty();
    }

    @Test
    void aSlashWouldMakeItAmbiguous() {
        assertThatThrownBy(() -> new PlayId("a/b", 1, "x")).hasMessageContaining("a/b");
    }
}
