package dev.troupe.reward.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.reward.sandbox.SandboxOptions;
import dev.troupe.runtime.config.ConfigException;
import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.QueueProtocol;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JudgeOptionsTest {

    @Test
    void hasDefaults() {
        assertThat(JudgeOptions.of(Settings.of(Map.of())))
                .isEqualTo(new JudgeOptions(1, 8, QueueProtocol.SHARE, 4_096, Optional.of(SandboxOptions.defaults())));
    }

    @Test
    void mapsEveryKey() {
        Settings settings = Settings.of(Map.of(
                "judge.workers", "3",
                "judge.batch", "4",
                "judge.cache", "5",
                "judge.sandbox", "graalpy",
                "judge.sandbox.deadline", "7s",
                "judge.sandbox.heap", "512MiB",
                "judge.sandbox.startup", "8s"));
        JudgeOptions options = JudgeOptions.of(settings);
        settings.check();
        assertThat(options)
                .isEqualTo(new JudgeOptions(
                        3,
                        4,
                        QueueProtocol.SHARE,
                        5,
                        Optional.of(new SandboxOptions(Duration.ofSeconds(7), 512L << 20, Duration.ofSeconds(8)))));
    }

    @Test
    void canDoWithoutASandbox() {
        Settings settings = Settings.of(Map.of("judge.sandbox", "off"));
        assertThat(JudgeOptions.of(settings).sandbox()).isEmpty();
        settings.check();
    }

    @Test
    void reportsAllProblemsTogether() {
        Settings settings =
                Settings.of(Map.of("judge.sandbox", "docker", "judge.sandbox.heap", "1MiB", "judge.workers", "0"));
        JudgeOptions.of(settings);
        assertThatThrownBy(settings::check)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("judge.sandbox 'docker' is neither graalpy nor off")
                .hasMessageContaining("judge.sandbox.heap or judge.sandbox.startup cannot be used: heap of 1048576")
                .hasMessageContaining("judge.workers");
    }
}
