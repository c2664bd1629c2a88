package dev.troupe.trainer;

import dev.troupe.runtime.config.Settings;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * A team and the policies its trainer owns.
 *
 * @param teamId team; the key of its groups
 * @param policyIds sorted, so that every replay updates them in the same order
 */
record TeamPolicies(String teamId, List<String> policyIds) {
    TeamPolicies {
        if (teamId.isBlank()) {
            throw new IllegalArgumentException("teamId is blank");
        }
        policyIds = List.copyOf(policyIds);
        if (policyIds.isEmpty()) {
            throw new IllegalArgumentException("team " + teamId + " has no policies");
        }
    }

    /**
     * Reads {@code team.<teamId>.policy.<role>} and {@code team.<teamId>.policy}; without either, one policy with the
     * team's name is shared by all roles.
     */
    static TeamPolicies read(Settings settings, String teamId) {
        String key = "team." + teamId + ".policy";
        Map<String, String> byRole = settings.prefixed(key + ".");
        String shared = settings.text(key, "");
        var policies = new TreeSet<>(byRole.values());
        if (!shared.isBlank()) {
            policies.add(shared);
        }
        return new TeamPolicies(teamId, policies.isEmpty() ? List.of(teamId) : List.copyOf(policies));
    }
}
