package dev.troupe.trainer.update;

import dev.troupe.trainer.rollout.RolloutGroup;
import dev.troupe.trainer.rollout.SkipReason;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How a joint reward becomes the advantage of each completion. */
sealed interface Credit permits GroupRelativeCredit, CriticCredit {
    /** Gives credit to the completions of a step's groups; those of groups that do not train are left out. */
    Credited assign(List<RolloutGroup> groups);

    /**
     * What came of it.
     *
     * @param samples the completions that train, by policy
     * @param metrics of what gave the credit
     * @param broken when a number was not finite; no policy may be trained then
     */
    record Credited(
            Map<String, List<WeightedSample>> samples, Map<String, Double> metrics, Optional<SkipReason> broken) {
        static Credited of(Map<String, List<WeightedSample>> samples) {
            return new Credited(samples, Map.of(), Optional.empty());
        }
    }
}
