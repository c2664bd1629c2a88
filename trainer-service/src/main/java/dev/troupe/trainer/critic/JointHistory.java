package dev.troupe.trainer.critic;

import dev.troupe.policy.TokenIds;
import dev.troupe.trainer.rollout.RolloutEpisode;
import dev.troupe.trainer.rollout.Sample;
import java.util.Comparator;
import java.util.List;

/**
 * What all roles together know before a turn, as the critic reads it: the prompts of those who act in it, one behind
 * the other in the order of their roles, token by token as recorded. Earlier actions and messages are in them as far as
 * anybody was shown them. What is longer than the critic's positions loses its beginning.
 */
final class JointHistory {
    private JointHistory() {}

    static TokenIds before(RolloutEpisode episode, int turn, int positions) {
        List<Sample> acting = episode.samples().stream()
                .filter(sample -> sample.turn() == turn)
                .sorted(Comparator.comparing(Sample::role))
                .toList();
        TokenIds whole = TokenIds.of();
        for (Sample sample : acting) {
            whole = whole.concat(
                    sample.sequence().tokens().slice(0, sample.sequence().promptLength()));
        }
        return whole.slice(Math.max(0, whole.size() - positions), whole.size());
    }
}
