package dev.troupe.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.runtime.config.ConfigException;
import dev.troupe.runtime.config.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AgentOptionsTest {
    @Test
    void hasDefaults() {
        AgentOptions options = AgentOptions.read(Settings.of(Map.of()));
        assertThat(options.agentId()).startsWith("agent-");
        assertThat(options.workers()).isEqualTo(1);
        assertThat(options.batch()).isEqualTo(64);
        assertThat(options.policyWait()).isEqualTo(Duration.ofSeconds(5));
        assertThat(options.otherVersions()).isEqualTo(3);
    }

    @Test
    void mapsEveryKey() {
        Settings settings = Settings.of(Map.of(
                "agent.id", "a",
                "agent.workers", "2",
                "agent.batch", "8",
                "agent.delivery.limit", "3",
                "agent.lock", "10s",
                "agent.policy.wait", "250ms",
                "agent.pinned.versions", "1",
                "agent.max.completion.length", "32",
                "artifacts.dir", "store"));
        AgentOptions options = AgentOptions.read(settings);
        settings.check();
        assertThat(options)
                .isEqualTo(new AgentOptions(
                        "a", 2, 8, 3, Duration.ofSeconds(10), Duration.ofMillis(250), 1, 32, Path.of("store")));
    }

    @Test
    void reportsAllProblemsTogether() {
        Settings settings = Settings.of(Map.of("agent.batch", "0", "agent.lock", "soon"));
        AgentOptions.read(settings);
        assertThatThrownBy(settings::check)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("agent.batch")
                .hasMessageContaining("agent.lock");
    }
}
