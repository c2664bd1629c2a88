package dev.troupe.trainer.critic;

import static dev.troupe.trainer.critic.TestEpisodes.episode;
import static dev.troupe.trainer.critic.TestEpisodes.sample;
import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.policy.TokenIds;
import dev.troupe.trainer.rollout.RolloutEpisode;
import org.junit.jupiter.api.Test;

class JointHistoryTest {
    private final RolloutEpisode episode = episode(
            1, sample("main", 0, 0, 20, 21), sample("helper", 0, 0, 10, 11, 12), sample("main", 0, 1, 20, 21, 5, 22));

    @Test
    void joinsThePromptsOfATurnInTheOrderOfTheirRoles() {
        assertThat(JointHistory.before(episode, 0, 64)).isEqualTo(TokenIds.of(10, 11, 12, 20, 21));
        assertThat(JointHistory.before(episode, 1, 64)).isEqualTo(TokenIds.of(20, 21, 5, 22));
    }

    @Test
    void losesItsBeginningWhereThereIsNoRoom() {
        assertThat(JointHistory.before(episode, 0, 3)).isEqualTo(TokenIds.of(12, 20, 21));
    }
}
