package dev.troupe.runtime.team;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.runtime.config.ConfigException;
import dev.troupe.runtime.config.Settings;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FrozenRolesTest {

    private final TeamPolicies policies = new TeamPolicies(Map.of(
            "red.policy", "shared",
            "red.policy.helper", "h",
            "red.policy.critic", "h",
            "red.policy.main", "shared",
            "blue.policy.helper", "b"));

    @Test
    void aNameWithoutATeamIsForAllOfThem() {
        var frozen = new FrozenRoles(Set.of("helper", "red/main"));

        assertThat(frozen.of("red")).containsExactlyInAnyOrder("helper", "main");
        assertThat(frozen.of("blue")).containsExactly("helper");
    }

    @Test
    void aPolicyLearnsAsLongAsItMayPlayARoleThatIsNotFrozen() {
        assertThat(FrozenRoles.NONE.learning(policies, "red")).containsExactly("h", "shared");
        assertThat(new FrozenRoles(Set.of("helper")).learning(policies, "red")).containsExactly("h", "shared");
        assertThat(new FrozenRoles(Set.of("helper", "red/critic")).learning(policies, "red"))
                .containsExactly("shared");
        // Whoever has no policy of its own is played by the team's.
        assertThat(new FrozenRoles(Set.of("main")).learning(policies, "red")).containsExactly("h", "shared");
        assertThat(new FrozenRoles(Set.of("helper")).learning(policies, "blue")).isEmpty();
        assertThat(new FrozenRoles(Set.of("helper")).learning(new TeamPolicies(Map.of()), "green"))
                .containsExactly("green");
    }

    @Test
    void anotherFormIsReportedWithTheSettingsProblems() {
        var settings = Settings.of(Map.of("trainer.frozen.roles", "red/helper, a/b/c"));

        assertThat(FrozenRoles.from(settings)).isEqualTo(FrozenRoles.NONE);
        assertThatThrownBy(settings::check)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("trainer.frozen.roles")
                .hasMessageContaining("'a/b/c'");
    }
}
