package dev.troupe.trainer.update;

import dev.troupe.trainer.rollout.RolloutGroup;
import java.util.List;
import java.util.Map;

/** How a joint reward becomes the advantage of each completion. */
sealed interface Credit permits GroupRelativeCredit {
    /** The completions that train, by policy; those of groups that do not train are left out. */
    Map<String, List<WeightedSample>> assign(List<RolloutGroup> groups);
}
