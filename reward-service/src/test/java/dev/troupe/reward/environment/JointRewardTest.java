package dev.troupe.reward.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.troupe.reward.writing.WritingEnvironment;
import dev.troupe.schemas.avro.RewardWeights;
import dev.troupe.schemas.avro.Sampling;
import dev.troupe.schemas.avro.Score;
import dev.troupe.schemas.avro.Step;
import dev.troupe.schemas.avro.Task;
import dev.troupe.schemas.avro.Term;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JointRewardTest {

    private final Environment environment = new WritingEnvironment();

    @Test
    void theRewardCanBeRecomputedFromTheScore() {
        Score score = score(task().setWeights(new RewardWeights(2.0, 0.5, 0.25)));

        // two turns of ten tokens out of forty each, and four tokens of messages
        assertThat(score.getSpeed()).isEqualTo(1 - 20 / 80.0);
        assertThat(score.getCoordination()).isEqualTo(4 / 40.0);
        assertThat(score.getReward()).isEqualTo(2 * 0.75 + 0.5 * 0.75 - 0.25 * 0.1, within(1e-12));
        RewardWeights weights = score.getWeights();
        assertThat(weights.getQuality() * score.getQuality()
                        + weights.getSpeed() * score.getSpeed()
                        - weights.getCoordination() * score.getCoordination())
                .isEqualTo(score.getReward());
        assertThat(score.getTerms())
                .containsExactly(
                        new Term("own", 7.0), new Term("critical_path_tokens", 20.0), new Term("message_tokens", 4.0));
    }

    @Test
    void aTaskWithoutWeightsHasThoseOfItsEnvironment() {
        assertThat(score(task()).getWeights()).isEqualTo(environment.weights());
    }

    @Test
    void qualityIsAShare() {
        Step step = Steps.of(task().build(), List.of(), Map.of("author1", "a", "author2", "b"));
        JointReward reward = JointReward.of(step, environment);

        for (double quality : new double[] {-0.1, 1.1, Double.NaN}) {
            assertThatThrownBy(() -> reward.score(quality, false, List.of()))
                    .hasMessageContaining(Double.toString(quality));
        }
    }

    private Score score(Task.Builder task) {
        Map<String, String> turn = Map.of("author1", "a", "author2", "b");
        Step step = Steps.of(task.build(), List.of(Steps.message(0, "author1", "all", "c", 4)), turn, turn);
        return JointReward.of(step, environment).score(0.75, true, List.of(new Term("own", 7.0)));
    }

    private static Task.Builder task() {
        return Task.newBuilder()
                .setTaskId("t")
                .setEnvironment("writing")
                .setPrompt("p")
                .setMaxTurns(2)
                .setSampling(new Sampling(1.0, 1.0, 0, 40));
    }
}
