package dev.troupe.reward.rescore;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;

/** The rewards of one group's episodes before and after, in the same order. */
record GroupRanking(List<Double> before, List<Double> after) {

    GroupRanking {
        before = List.copyOf(before);
        after = List.copyOf(after);
        if (before.size() != after.size()) {
            throw new IllegalArgumentException("%d rewards before, %d after".formatted(before.size(), after.size()));
        }
    }

    static GroupRanking of(double before, double after) {
        return new GroupRanking(List.of(before), List.of(after));
    }

    GroupRanking and(GroupRanking other) {
        var allBefore = new ArrayList<>(before);
        allBefore.addAll(other.before);
        var allAfter = new ArrayList<>(after);
        allAfter.addAll(other.after);
        return new GroupRanking(allBefore, allAfter);
    }

    /** One episode alone has no rank. */
    boolean comparable() {
        return before.size() > 1;
    }

    /** Whether no episode that was best is best now; episodes with the same reward are best together. */
    boolean bestChanged() {
        double bestBefore = Collections.max(before);
        double bestAfter = Collections.max(after);
        for (int i = 0; i < before.size(); i++) {
            if (before.get(i) == bestBefore && after.get(i) == bestAfter) {
                return false;
            }
        }
        return true;
    }

    OptionalDouble tau() {
        return KendallTau.b(before, after);
    }

    /** Whether all rewards were the same, so that training had nothing to learn from the group. */
    boolean flatBefore() {
        return flat(before);
    }

    boolean flatAfter() {
        return flat(after);
    }

    private static boolean flat(List<Double> rewards) {
        return rewards.stream().allMatch(reward -> reward == (double) rewards.getFirst());
    }
}
