package dev.troupe.runtime.team;

import dev.troupe.runtime.config.Settings;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Roles that play but are not trained: {@code trainer.frozen.roles}, each as {@code role} (in any team) or
 * {@code teamId/role}.
 *
 * @param names as they are set
 */
public record FrozenRoles(Set<String> names) {

    public static final String SETTING = "trainer.frozen.roles";

    /** Nobody is. */
    public static final FrozenRoles NONE = new FrozenRoles(Set.of());

    public FrozenRoles {
        names = Set.copyOf(names);
        for (String name : names) {
            if (!name.matches("[^/\\s]+(/[^/\\s]+)?")) {
                throw new IllegalArgumentException("'%s' is neither role nor teamId/role".formatted(name));
            }
        }
    }

    /** Reads them; a name of another form is left with the settings, to be reported with the other problems. */
    public static FrozenRoles from(Settings settings) {
        try {
            return new FrozenRoles(new HashSet<>(settings.list(SETTING, List.of())));
        } catch (IllegalArgumentException e) {
            settings.problem(SETTING, "cannot be used: " + e.getMessage());
            return NONE;
        }
    }

    /** The frozen roles of a team. */
    public Set<String> of(String teamId) {
        String prefix = teamId + "/";
        return names.stream()
                .filter(name -> !name.contains("/") || name.startsWith(prefix))
                .map(name -> name.substring(name.indexOf('/') + 1))
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * The policies of a team that learn, sorted: those that play a role that is not frozen, or may play one, as the
     * policy does that is the team's without a role's name.
     */
    public List<String> learning(TeamPolicies policies, String teamId) {
        Set<String> frozen = of(teamId);
        return policies.policies(teamId).stream()
                .filter(policy -> policies.roles(teamId, policy)
                        .map(roles -> !frozen.containsAll(roles))
                        .orElse(true))
                .toList();
    }
}
