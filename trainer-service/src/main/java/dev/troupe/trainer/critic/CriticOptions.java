package dev.troupe.trainer.critic;

import static java.util.Objects.requireNonNull;

import dev.troupe.policy.AdamWOptions;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How the critic is trained.
 *
 * @param checkpoint Hugging Face directory that it starts from; that of the team's first policy where it is absent
 * @param gamma by which the joint reward is discounted for each turn before the last
 * @param warmupSteps first steps, in which the critic learns and the policies get group-relative advantages
 * @param optimizer of the critic alone
 */
public record CriticOptions(Optional<Path> checkpoint, double gamma, long warmupSteps, AdamWOptions optimizer) {
    public CriticOptions {
        requireNonNull(checkpoint, "checkpoint is null");
        requireNonNull(optimizer, "optimizer is null");
        if (!(gamma >= 0 && gamma <= 1)) {
            throw new IllegalArgumentException("gamma must be in [0, 1]: " + gamma);
        }
        if (warmupSteps < 0) {
            throw new IllegalArgumentException("warmupSteps must be 0 or more: " + warmupSteps);
        }
    }
}
