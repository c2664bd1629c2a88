package dev.troupe.trainer.critic;

import static dev.troupe.trainer.critic.TestEpisodes.episode;
import static dev.troupe.trainer.critic.TestEpisodes.sample;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.troupe.policy.AdamWOptions;
import dev.troupe.policy.ComputeDevice;
import dev.troupe.trainer.TestGroups;
import dev.troupe.trainer.rollout.RolloutEpisode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether a critic learns what prompts say of rewards. */
class CentralizedCriticIT {
    private static final long SEED = 5;

    private final SplittableRandom random = new SplittableRandom(SEED);

    @Test
    void comesToExpectWhatThePromptsOfBothRolesForetell(@TempDir Path directory) throws IOException {
        try (var critic = new CentralizedCritic(
                new CriticOptions(Optional.empty(), 1, 0, AdamWOptions.withLearningRate(3e-3)), ComputeDevice.CPU)) {
            critic.begin(TestGroups.checkpoint(directory));
            Map<String, Double> first = learn(critic);
            for (int step = 0; step < 120; step++) {
                learn(critic);
            }
            Map<String, Double> last = learn(critic);

            assertThat(first.get("critic/value_mean")).isZero();
            assertThat(requireNonNull(first.get("critic/explained_variance"))).isCloseTo(0, within(1e-9));
            assertThat(requireNonNull(last.get("critic/explained_variance")))
                    .as("seed %d", SEED)
                    .isGreaterThan(0.5);
            assertThat(requireNonNull(last.get("critic/loss")))
                    .as("seed %d", SEED)
                    .isLessThan(0.5 * requireNonNull(first.get("critic/loss")));
        }
    }

    private Map<String, Double> learn(CentralizedCritic critic) {
        return switch (critic.learn(critic.assess(episodes()))) {
            case CentralizedCritic.Outcome.Learnt(Map<String, Double> metrics) -> metrics;
            case CentralizedCritic.Outcome.Broken broken -> throw new AssertionError(broken);
        };
    }

    /** Fresh ones, whose reward is 1 where each role was told one of two words, 0.5 where one was, and some noise. */
    private List<RolloutEpisode> episodes() {
        return IntStream.range(0, 32)
                .mapToObj(i -> {
                    int helper = random.nextInt(2);
                    int main = random.nextInt(2);
                    double reward = (helper + main) / 2.0 + random.nextDouble(-0.1, 0.1);
                    return episode(
                            reward, sample("helper", i, 0, 2, 3, 10 + helper), sample("main", i, 0, 4, 20 + main, 6));
                })
                .toList();
    }
}
