package dev.troupe.reward.rescore;

import java.util.Collection;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What a run changed for a team.
 *
 * @param episodes that have a reward before and after
 * @param newlyScored episodes that had none before and have one now; in none of the other figures
 * @param meanBefore mean reward of {@code episodes}; NaN without any
 * @param meanAfter the same under the new judgement
 * @param groups of two episodes or more, which are compared
 * @param bestChanged groups in which no episode that was best still is
 * @param meanTau mean Kendall tau-b of {@code rankedGroups}; empty without any
 * @param rankedGroups groups in which the rewards differ both before and after
 * @param flatBefore groups whose rewards were all the same
 * @param flatAfter groups whose rewards are all the same now
 */
public record TeamChange(
        int episodes,
        int newlyScored,
        double meanBefore,
        double meanAfter,
        int groups,
        int bestChanged,
        OptionalDouble meanTau,
        int rankedGroups,
        int flatBefore,
        int flatAfter) {

    static TeamChange of(Collection<GroupRanking> all, int newlyScored) {
        List<GroupRanking> groups =
                all.stream().filter(GroupRanking::comparable).toList();
        List<Double> taus = groups.stream()
                .map(GroupRanking::tau)
                .filter(OptionalDouble::isPresent)
                .map(OptionalDouble::getAsDouble)
                .toList();
        return new TeamChange(
                all.stream().mapToInt(group -> group.before().size()).sum(),
                newlyScored,
                mean(all.stream().flatMap(group -> group.before().stream()).toList())
                        .orElse(Double.NaN),
                mean(all.stream().flatMap(group -> group.after().stream()).toList())
                        .orElse(Double.NaN),
                groups.size(),
                (int) groups.stream().filter(GroupRanking::bestChanged).count(),
                mean(taus),
                taus.size(),
                (int) groups.stream().filter(GroupRanking::flatBefore).count(),
                (int) groups.stream().filter(GroupRanking::flatAfter).count());
    }

    private static OptionalDouble mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average();
    }
}
