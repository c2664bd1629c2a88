package dev.troupe.trainer.rollout;

import static java.util.Objects.requireNonNull;

import dev.troupe.policy.LogProbs;
import dev.troupe.policy.TrainingSequence;

/**
 * One completion of one role, token-in and token-out as the agent recorded it.
 *
 * @param policyId policy that was sampled
 * @param role who acted
 * @param trains whether its policy learns from it; a frozen role is a part of the environment
 * @param sequence prompt and completion
 * @param behaviour recorded log-probability of each completion token
 * @param truncated whether the completion ended at a length limit
 * @param provenance where it comes from
 */
public record Sample(
        String policyId,
        String role,
        boolean trains,
        TrainingSequence sequence,
        LogProbs behaviour,
        boolean truncated,
        Provenance provenance) {
    public Sample {
        requireNonNull(policyId, "policyId is null");
        requireNonNull(role, "role is null");
        requireNonNull(provenance, "provenance is null");
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

    /** In which it was drawn; where episodes share completions, others hold it as well. */
    public int episode() {
        return provenance.episode();
    }

    /** From 0. */
    public int turn() {
        return provenance.turn();
    }

    public int length() {
        return sequence.completionLength();
    }
}
