package dev.troupe.reward.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.reward.sandbox.Bounds;
import dev.troupe.reward.sandbox.SandboxKind;
import dev.troupe.reward.sandbox.SandboxOptions;
import dev.troupe.runtime.config.ConfigException;
import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.QueueProtocol;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JudgeOptionsTest {

    @Test
    void hasDefaults() {
        assertThat(JudgeOptions.of(Settings.of(Map.of())))
                .isEqualTo(new JudgeOptions(
                        1,
                        8,
                        QueueProtocol.SHARE,
                        4_096,
                        Duration.ofSeconds(30),
                        Optional.of(SandboxOptions.defaults())));
    }

    @Test
    void mapsEveryKey() {
        Settings settings = Settings.of(Map.ofEntries(
                Map.entry("judge.workers", "3"),
                Map.entry("judge.batch", "4"),
                Map.entry("judge.cache", "5"),
                Map.entry("judge.timeout", "6s"),
                Map.entry("judge.sandbox", "bubblewrap"),
                Map.entry("judge.sandbox.deadline", "7s"),
                Map.entry("judge.sandbox.heap", "512MiB"),
                Map.entry("judge.sandbox.startup", "8s"),
                Map.entry("judge.sandbox.cpu", "9s"),
                Map.entry("judge.sandbox.memory", "128MiB"),
                Map.entry("judge.sandbox.processes", "10"),
                Map.entry("judge.sandbox.output", "11KiB"),
                Map.entry("judge.sandbox.disk", "12KiB"),
                Map.entry("judge.sandbox.python", "/opt/python3"),
                Map.entry("judge.sandbox.cgroup", "/sys/fs/cgroup/judges")));
        JudgeOptions options = JudgeOptions.of(settings);
        settings.check();
        assertThat(options)
                .isEqualTo(new JudgeOptions(
                        3,
                        4,
                        QueueProtocol.SHARE,
                        5,
                        Duration.ofSeconds(6),
                        Optional.of(new SandboxOptions(
                                SandboxKind.BUBBLEWRAP,
                                Duration.ofSeconds(7),
                                Duration.ofSeconds(8),
                                512L << 20,
                                new Bounds(Duration.ofSeconds(9), 128L << 20, 10, 11 << 10, 12 << 10),
                                Optional.of(Path.of("/opt/python3")),
                                Optional.of(Path.of("/sys/fs/cgroup/judges"))))));
    }

    @Test
    void processorTimeFollowsTheDeadline() {
        Settings settings = Settings.of(Map.of("judge.sandbox.deadline", "5s", "judge.sandbox", "graalpy"));
        SandboxOptions options = JudgeOptions.of(settings).sandbox().orElseThrow();
        assertThat(options.bounds().cpu()).isEqualTo(Duration.ofSeconds(6));
        assertThat(options.kind()).isEqualTo(SandboxKind.GRAALPY);
    }

    @Test
    void canDoWithoutASandbox() {
        Settings settings = Settings.of(Map.of("judge.sandbox", "off"));
        assertThat(JudgeOptions.of(settings).sandbox()).isEmpty();
        settings.check();
    }

    @Test
    void reportsAllProblemsTogether() {
        Settings settings = Settings.of(Map.of(
                "judge.sandbox", "docker",
                "judge.sandbox.heap", "1MiB",
                "judge.sandbox.memory", "2MiB",
                "judge.timeout", "0s",
                "judge.workers", "0"));
        JudgeOptions.of(settings);
        assertThatThrownBy(settings::check)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("judge.sandbox 'docker' is none of auto, bubblewrap, graalpy, off")
                .hasMessageContaining("judge.sandbox.disk cannot be used: memory of 2097152 bytes is too small")
                .hasMessageContaining("judge.sandbox.heap or judge.sandbox.startup cannot be used: heap of 1048576")
                .hasMessageContaining("judge.timeout must be longer than 0")
                .hasMessageContaining("judge.workers");
    }
}
