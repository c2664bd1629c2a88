package dev.troupe.trainer.update;

import dev.troupe.trainer.rollout.RolloutGroup;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How a joint reward becomes the advantage of each completion. */
sealed interface Credit permits GroupRelativeCredit, CriticCredit {
    /** Gives credit to the completions of a step's groups, and learns from them how to. */
    Credited assign(List<RolloutGroup> groups);

    /** The completions that train, by policy, with their credit; those of groups that do not train are left out. */
    Map<String, List<WeightedSample>> weigh(List<RolloutGroup> groups);

    /**
     * What came of it.
     *
     * @param samples as {@link #weigh} gives them
     * @param metrics of what gave the credit
     * @param fault when a number was not finite; no policy may be trained then
     */
    record Credited(
            Map<String, List<WeightedSample>> samples,
            Map<String, Double> metrics,
            Optional<StepOutcome.Fault> fault) {}
}
