package dev.troupe.trainer;

import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.team.FrozenRoles;
import dev.troupe.runtime.team.TeamPolicies;
import java.util.List;
import java.util.Set;

/**
 * A team and the policies its trainer owns.
 *
 * @param teamId team; the key of its groups
 * @param policyIds sorted, so that every replay updates them in the same order
 * @param frozenRoles whose completions train nothing
 * @param learning those of the policies that may play another role; the others keep their version
 */
record Team(String teamId, List<String> policyIds, Set<String> frozenRoles, List<String> learning) {
    Team {
        if (teamId.isBlank()) {
            throw new IllegalArgumentException("teamId is blank");
        }
        policyIds = List.copyOf(policyIds);
        if (policyIds.isEmpty()) {
            throw new IllegalArgumentException("team " + teamId + " has no policies");
        }
        frozenRoles = Set.copyOf(frozenRoles);
        learning = List.copyOf(learning);
        if (!policyIds.containsAll(learning)) {
            throw new IllegalArgumentException(
                    "of the policies %s of team %s, %s cannot learn".formatted(policyIds, teamId, learning));
        }
    }

    /** A team of which all learns. */
    Team(String teamId, List<String> policyIds) {
        this(teamId, policyIds, Set.of(), policyIds);
    }

    /** A team of which nothing would learn is left with the settings as a problem. */
    static Team read(Settings settings, String teamId) {
        TeamPolicies policies = TeamPolicies.from(settings);
        FrozenRoles frozen = FrozenRoles.from(settings);
        List<String> learning = frozen.learning(policies, teamId);
        if (learning.isEmpty()) {
            settings.problem(
                    FrozenRoles.SETTING,
                    "freezes every role of team %s, so that nothing would be trained; leave one out, or take the team"
                                    .formatted(teamId)
                            + " out of trainer.teams");
        }
        return new Team(teamId, policies.policies(teamId), frozen.of(teamId), learning);
    }
}
