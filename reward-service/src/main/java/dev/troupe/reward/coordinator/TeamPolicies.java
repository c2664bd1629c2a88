package dev.troupe.reward.coordinator;

import java.util.List;
import java.util.Map;

/**
 * Which policy plays which role of which team, from {@code team.<teamId>.policy.<role>}, else
 * {@code team.<teamId>.policy}, else one policy named like the team.
 *
 * @param settings keys without the leading {@code team.}
 */
record TeamPolicies(Map<String, String> settings) {

    TeamPolicies {
        settings = Map.copyOf(settings);
        settings.forEach((key, policy) -> {
            if (!key.matches(".+\\.policy(\\..+)?") || policy.isBlank()) {
                throw new IllegalArgumentException(
                        "team.%s is not team.<teamId>.policy[.<role>] = <policyId>".formatted(key));
            }
        });
    }

    String policy(String teamId, String role) {
        String ofTeam = settings.getOrDefault(teamId + ".policy", teamId);
        return settings.getOrDefault(teamId + ".policy." + role, ofTeam);
    }

    /** The distinct policies of the roles, in their order. */
    List<String> policies(String teamId, List<String> roles) {
        return roles.stream().map(role -> policy(teamId, role)).distinct().toList();
    }
}
