package dev.troupe.trainer.update;

import dev.troupe.schemas.avro.SampledCompletion;
import dev.troupe.schemas.avro.SkippedGroup;
import dev.troupe.trainer.rollout.SkipReason;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a step did.
 *
 * @param metrics under TRL's names
 * @param taskIds groups that trained
 * @param skipped groups that did not, and why
 * @param completions some of the step's, for people to look at
 * @param fault why nothing trained, where a number was not finite or too large: all policies must then be restored to
 *     their last good versions
 * @param tokens prompt and completion tokens of the groups consumed
 */
public record StepOutcome(
        Map<String, Double> metrics,
        List<String> taskIds,
        List<SkippedGroup> skipped,
        List<SampledCompletion> completions,
        Optional<Fault> fault,
        long tokens) {

    /**
     * What broke a step.
     *
     * @param reason under which its groups are skipped
     * @param detail the number, for people
     */
    public record Fault(SkipReason reason, String detail) {}

    public StepOutcome {
        metrics = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(metrics));
        taskIds = List.copyOf(taskIds);
        skipped = List.copyOf(skipped);
        completions = List.copyOf(completions);
    }

    public boolean broken() {
        return fault.isPresent();
    }
}
