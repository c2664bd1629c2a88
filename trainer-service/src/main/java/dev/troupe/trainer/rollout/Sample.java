package dev.troupe.trainer.rollout;

import static java.util.Objects.requireNonNull;

import dev.troupe.policy.LogProbs;
import dev.troupe.policy.TrainingSequence;

/**
 * One completion of one role, token-in and token-out as the agent recorded it.
 *
 * @param policyId policy that was sampled
 * @param role who acted
 * @param episode in which it was drawn; in a group that crosses completions, others hold it as well
 * @param turn from 0
 * @param trains whether its policy learns from it; a frozen role is a part of the environment
 * @param sequence prompt and completion
 * @param behaviour recorded log-probability of each completion token
 * @param truncated whether the completion ended at a length limit
 * @param oldestVersion oldest model version that drew one of its tokens
 */
public record Sample(
        String policyId,
        String role,
        int episode,
        int turn,
        boolean trains,
        TrainingSequence sequence,
        LogProbs behaviour,
        boolean truncated,
        int oldestVersion) {
    public Sample {
        requireNonNull(policyId, "policyId is null");
        requireNonNull(role, "role is null");
        if (episode < 0 || turn < 0) {
            throw new IllegalArgumentException("episode and turn must be 0 or more: %d, %d".formatted(episode, turn));
        }
        if (sequence.completionLength() != behaviour.size()) {
            throw new IllegalArgumentException("a completion of " + sequence.completionLength() + " tokens has "
                    + behaviour.size() + " log-probabilities");
        }
        for (int i = 0; i < behaviour.size(); i++) {
            if (!Float.isFinite(behaviour.get(i))) {
                throw new IllegalArgumentException(
                        "the log-probability of token " + i + " is not finite: " + behaviour.get(i));
            }
        }
    }

    public int length() {
        return sequence.completionLength();
    }
}
