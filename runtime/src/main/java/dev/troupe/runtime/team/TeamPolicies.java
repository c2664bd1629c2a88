package dev.troupe.runtime.team;

import dev.troupe.runtime.config.Settings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which policy plays which role of which team: {@code team.<teamId>.policy.<role>}, else {@code team.<teamId>.policy},
 * else one policy that is shared by all roles and named like the team.
 *
 * @param settings keys without the leading {@code team.}
 */
public record TeamPolicies(Map<String, String> settings) {

    private static final String PREFIX = "team.";

    public TeamPolicies {
        settings = Map.copyOf(settings);
        settings.forEach((key, policy) -> {
            if (!key.matches(".+\\.policy(\\..+)?") || policy.isBlank()) {
                throw new IllegalArgumentException(
                        "team.%s is not team.<teamId>.policy[.<role>] = <policyId>".formatted(key));
            }
        });
    }

    /** Reads them; a key of another form is left with the settings, to be reported with the other problems. */
    public static TeamPolicies from(Settings settings) {
        try {
            return new TeamPolicies(settings.prefixed(PREFIX));
        } catch (IllegalArgumentException e) {
            settings.problem(PREFIX, String.valueOf(e.getMessage()));
            return new TeamPolicies(Map.of());
        }
    }

    /** The policy that plays the role. */
    public String policy(String teamId, String role) {
        String ofTeam = settings.getOrDefault(teamId + ".policy", teamId);
        return settings.getOrDefault(teamId + ".policy." + role, ofTeam);
    }

    /** The distinct policies of the roles, in their order. */
    public List<String> policies(String teamId, List<String> roles) {
        return roles.stream().map(role -> policy(teamId, role)).distinct().toList();
    }

    /** All policies of a team, sorted, for those who do not know its roles: the trainer and the evaluator. */
    public List<String> policies(String teamId) {
        var policies = new TreeSet<String>();
        settings.forEach((key, policy) -> {
            if (key.equals(teamId + ".policy") || key.startsWith(teamId + ".policy.")) {
                policies.add(policy);
            }
        });
        return policies.isEmpty() ? List.of(teamId) : List.copyOf(policies);
    }

    /** The roles that a policy of the team plays; empty when it plays whatever role has no policy of its own. */
    Optional<Set<String>> roles(String teamId, String policy) {
        String common = teamId + ".policy";
        var roles = new TreeSet<String>();
        settings.forEach((key, value) -> {
            if (key.startsWith(common + ".") && value.equals(policy)) {
                roles.add(key.substring(common.length() + 1));
            }
        });
        boolean named = !roles.isEmpty() && !policy.equals(settings.get(common));
        return named ? Optional.of(Set.copyOf(roles)) : Optional.empty();
    }
}
