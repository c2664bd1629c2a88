package dev.troupe.trainer;

import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.team.TeamPolicies;
import java.util.List;

/**
 * A team and the policies its trainer owns.
 *
 * @param teamId team; the key of its groups
 * @param policyIds sorted, so that every replay updates them in the same order
 */
record Team(String teamId, List<String> policyIds) {
    Team {
        if (teamId.isBlank()) {
            throw new IllegalArgumentException("teamId is blank");
        }
        policyIds = List.copyOf(policyIds);
        if (policyIds.isEmpty()) {
            throw new IllegalArgumentException("team " + teamId + " has no policies");
        }
    }

    static Team read(Settings settings, String teamId) {
        return new Team(teamId, TeamPolicies.from(settings).policies(teamId));
    }
}
