package dev.troupe.agent;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.agent.decode.DecodeOptions;
import dev.troupe.agent.policy.RandomPolicyOptions;
import dev.troupe.policy.Backend;
import dev.troupe.policy.ComputeDevice;
import dev.troupe.policy.PolicyOptions;
import dev.troupe.policy.Precision;
import dev.troupe.runtime.artifact.ArtifactOptions;
import dev.troupe.runtime.config.ConfigException;
import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.QueueProtocol;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AgentOptionsTest {
    @Test
    void hasDefaults() {
        AgentOptions options = AgentOptions.read(Settings.of(Map.of()));
        assertThat(options.agentId()).startsWith("agent-");
        assertThat(options.workers()).isEqualTo(4);
        assertThat(options.batch()).isEqualTo(32);
        assertThat(options.decode()).isEqualTo(new DecodeOptions(1, 128, 65536, 2048, false));
        assertThat(options.protocol()).isEqualTo(QueueProtocol.SHARE);
        assertThat(options.policyWait()).isEqualTo(Duration.ofSeconds(5));
        assertThat(options.otherVersions()).isEqualTo(3);
        assertThat(options.random()).isEmpty();
        assertThat(options.openai()).isEmpty();
    }

    @Test
    void mapsEveryKey() {
        Settings settings = Settings.of(Map.ofEntries(
                entry("agent.id", "a"),
                entry("agent.workers", "2"),
                entry("agent.batch", "8"),
                entry("agent.delivery.limit", "3"),
                entry("agent.lock", "10s"),
                entry("queue.protocol", "consumer"),
                entry("agent.policy.wait", "250ms"),
                entry("agent.pinned.versions", "1"),
                entry("agent.max.completion.length", "32"),
                entry("artifacts.dir", "store"),
                entry("agent.backend", "torchscript"),
                entry("agent.precision", "bfloat16"),
                entry("agent.device", "cuda"),
                entry("agent.decoders", "2"),
                entry("agent.max.sequences", "32"),
                entry("agent.max.batch.tokens", "4096"),
                entry("agent.max.read.tokens", "512"),
                entry("agent.swap", "carry"),
                entry("agent.policy", "random"),
                entry("agent.random.vocabulary", "100"),
                entry("agent.random.tokens", "5"),
                entry("agent.random.delay", "2s"),
                entry("agent.random.messages", "0.5")));
        AgentOptions options = AgentOptions.read(settings);
        settings.check();
        assertThat(options)
                .isEqualTo(new AgentOptions(
                        "a",
                        2,
                        8,
                        3,
                        Duration.ofSeconds(10),
                        QueueProtocol.CONSUMER,
                        Duration.ofMillis(250),
                        1,
                        32,
                        new ArtifactOptions.Folder(Path.of("store")),
                        new PolicyOptions(Backend.TORCHSCRIPT, Precision.BFLOAT16, new ComputeDevice(0), false),
                        new DecodeOptions(2, 32, 4096, 512, true),
                        Optional.of(new RandomPolicyOptions(100, 5, Duration.ofSeconds(2), 0.5)),
                        Optional.empty()));
    }

    @Test
    void reportsAllProblemsTogether() {
        Settings settings = Settings.of(Map.of(
                "agent.batch",
                "0",
                "agent.lock",
                "soon",
                "agent.device",
                "gpu",
                "agent.policy",
                "dice",
                "agent.swap",
                "drop"));
        AgentOptions.read(settings);
        assertThatThrownBy(settings::check)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("agent.batch")
                .hasMessageContaining("agent.lock")
                .hasMessageContaining("agent.swap 'drop' is neither finish nor carry")
                .hasMessageContaining("agent.policy 'dice' is none of checkpoint, random, openai")
                .hasMessageContaining("agent.device cannot be used: device must be cpu, cuda or cuda:N, not 'gpu'");
    }
}
