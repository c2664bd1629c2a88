package dev.troupe.runtime.team;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.runtime.config.ConfigException;
import dev.troupe.runtime.config.Settings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TeamPoliciesTest {

    @Test
    void withoutSettingsOnePolicyIsSharedAndNamedLikeTheTeam() {
        var policies = new TeamPolicies(Map.of());

        assertThat(policies.policy("red", "helper")).isEqualTo("red");
        assertThat(policies.policies("red")).containsExactly("red");
        assertThat(policies.policies("red", List.of("helper", "main"))).containsExactly("red");
    }

    @Test
    void aRolesOwnPolicyGoesBeforeTheTeams() {
        var policies = TeamPolicies.from(Settings.of(
                Map.of("team.red.policy", "shared", "team.red.policy.main", "own", "team.blue.policy", "b")));

        assertThat(policies.policy("red", "helper")).isEqualTo("shared");
        assertThat(policies.policy("red", "main")).isEqualTo("own");
        assertThat(policies.policies("red")).containsExactly("own", "shared");
        assertThat(policies.policies("blue", List.of("helper", "main"))).containsExactly("b");
    }

    @Test
    void anotherKeyIsReportedWithTheSettingsProblems() {
        var settings = Settings.of(Map.of("team.red.polcy", "x"));
        TeamPolicies.from(settings);

        assertThatThrownBy(settings::check).isInstanceOf(ConfigException.class).hasMessageContaining("team.red.polcy");
    }
}
