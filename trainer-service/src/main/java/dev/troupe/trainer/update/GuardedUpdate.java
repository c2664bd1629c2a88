package dev.troupe.trainer.update;

import static java.util.Objects.requireNonNull;

import dev.troupe.policy.TrainablePolicy;
import dev.troupe.runtime.artifact.ArtifactException;
import dev.troupe.trainer.rollout.RolloutGroup;
import dev.troupe.trainer.rollout.SkipReason;
import dev.troupe.trainer.update.PolicyUpdate.Share;
import dev.troupe.trainer.update.StepOutcome.Fault;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a team's steps so that one bad episode costs no more than its group. When a number of a step is not finite, the
 * policies are brought back, every completion is gone through alone, the groups of those that break by themselves are
 * set aside by name, and the step is taken again with the others. Each round sets a group aside, so it ends. A step of
 * which no single completion is to blame is not taken at all.
 */
public final class GuardedUpdate {
    private static final Logger LOGGER = LoggerFactory.getLogger(GuardedUpdate.class);

    private final TeamUpdate update;
    private final Restore restore;

    /** Brings the policies of a team back to their last good versions. */
    @FunctionalInterface
    public interface Restore {
        void run() throws IOException, ArtifactException;
    }

    /** @param restore of the policies that are handed to {@link #apply}, in the same map */
    public GuardedUpdate(TeamUpdate update, Restore restore) {
        this.update = requireNonNull(update, "update is null");
        this.restore = requireNonNull(restore, "restore is null");
    }

    /**
     * As {@link TeamUpdate#apply}.
     *
     * @return broken when no step was taken; the policies are then restored already
     */
    public StepOutcome apply(
            SortedMap<String, TrainablePolicy> policies,
            Map<String, TrainablePolicy> references,
            Map<String, Integer> versions,
            List<RolloutGroup> groups,
            long step)
            throws IOException, ArtifactException {
        List<RolloutGroup> remaining = groups;
        while (true) {
            StepOutcome outcome = update.apply(policies, references, versions, remaining, step);
            if (!outcome.broken()) {
                return outcome;
            }
            restore.run();
            List<Share> shares = update.shares(policies, references, remaining);
            List<Share> faults =
                    shares.stream().filter(share -> !share.isFinite()).toList();
            if (faults.isEmpty()) {
                return notTaken(outcome, remaining, shares, step);
            }
            remaining = setAside(remaining, faults, step);
        }
    }

    private static List<RolloutGroup> setAside(List<RolloutGroup> groups, List<Share> faults, long step) {
        var remaining = new ArrayList<>(groups);
        for (Share fault : faults) {
            int index = fault.sample().group();
            RolloutGroup group = remaining.get(index);
            // The first one of a group stands for it.
            if (group.trains()) {
                boolean finite = Double.isFinite(fault.loss());
                String why = finite
                        ? "%s: the norm of its gradient alone is %s".formatted(place(fault), fault.gradNorm())
                        : "%s: its loss alone is %s".formatted(place(fault), fault.loss());
                LOGGER.atWarn()
                        .addKeyValue("taskId", group.taskId())
                        .addKeyValue("step", step)
                        .addKeyValue("error", why)
                        .log("group is set aside, and the step is taken without it");
                remaining.set(
                        index,
                        group.without(finite ? SkipReason.NON_FINITE_GRADIENT : SkipReason.NON_FINITE_LOSS, why));
            }
        }
        return remaining;
    }

    private static StepOutcome notTaken(StepOutcome outcome, List<RolloutGroup> groups, List<Share> shares, long step) {
        Fault fault = outcome.fault().orElseThrow();
        String why = shares.stream()
                .max(Comparator.comparingDouble(Share::gradNorm))
                .map(share -> "%s; the largest part of it, %s, is of task %s, %s"
                        .formatted(
                                fault.detail(),
                                share.gradNorm(),
                                groups.get(share.sample().group()).taskId(),
                                place(share)))
                .orElse(fault.detail());
        LOGGER.atWarn()
                .addKeyValue("step", step)
                .addKeyValue("error", why)
                .log("step is not taken, and no completion alone is to blame");
        return new StepOutcome(
                outcome.metrics(),
                List.of(),
                TeamUpdate.skipped(TeamUpdate.without(groups, fault.reason(), why)),
                outcome.completions(),
                Optional.of(fault),
                outcome.tokens());
    }

    private static String place(Share share) {
        return "episode %d, role %s, turn %d, policy %s"
                .formatted(
                        share.sample().sample().episode(),
                        share.sample().sample().role(),
                        share.sample().sample().turn(),
                        share.sample().sample().policyId());
    }
}
