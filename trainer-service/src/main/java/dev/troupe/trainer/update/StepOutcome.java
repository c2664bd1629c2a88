package dev.troupe.trainer.update;

import dev.troupe.schemas.avro.SampledCompletion;
import dev.troupe.schemas.avro.SkippedGroup;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a step did.
 *
 * @param metrics under TRL's names
 * @param taskIds groups that trained
 * @param skipped groups that did not, and why
 * @param completions some of the step's, for people to look at
 * @param broken whether a number was not finite, so that all policies must be restored to their last good versions
 * @param tokens prompt and completion tokens of the groups consumed
 */
public record StepOutcome(
        Map<String, Double> metrics,
        List<String> taskIds,
        List<SkippedGroup> skipped,
        List<SampledCompletion> completions,
        boolean broken,
        long tokens) {
    public StepOutcome {
        metrics = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(metrics));
        taskIds = List.copyOf(taskIds);
        skipped = List.copyOf(skipped);
        completions = List.copyOf(completions);
    }
}
