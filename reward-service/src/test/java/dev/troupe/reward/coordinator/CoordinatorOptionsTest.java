package dev.troupe.reward.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.reward.coordinator.CoordinatorOptions.StoreKind;
import dev.troupe.runtime.config.ConfigException;
import dev.troupe.runtime.config.Settings;
import dev.troupe.schemas.avro.Sampling;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CoordinatorOptionsTest {

    @Test
    void defaults() {
        CoordinatorOptions options = CoordinatorOptions.from(Settings.of(Map.of()));

        assertThat(options.groupSize()).isEqualTo(8);
        assertThat(options.groupsPerStep()).isEqualTo(4);
        assertThat(options.maxStaleness()).isEqualTo(1);
        assertThat(options.jointMode()).isEqualTo(JointMode.ALIGNED);
        assertThat(options.store()).isEqualTo(StoreKind.ROCKSDB);
        assertThat(options.timeouts().begin()).isEqualTo(Duration.ofSeconds(10));
        assertThat(options.timeouts().turn()).isEqualTo(Duration.ofSeconds(60));
        assertThat(options.timeouts().group()).isEqualTo(Duration.ofMinutes(10));
        assertThat(options.sampling()).isEqualTo(new Sampling(1.0, 1.0, 0, 0));
        assertThat(options.teams().policy("team", "main")).isEqualTo("team");
    }

    @Test
    void everyKeyIsRead() {
        var settings = Settings.of(Map.ofEntries(
                Map.entry("coordinator.application.id", "mine"),
                Map.entry("coordinator.state.dir", "here"),
                Map.entry("coordinator.store", "memory"),
                Map.entry("run.seed", "-7"),
                Map.entry("num_generations", "3"),
                Map.entry("train.groups.per.step", "5"),
                Map.entry("train.max.staleness", "0"),
                Map.entry("train.joint.mode", "cross"),
                Map.entry("sampling.temperature", "0.7"),
                Map.entry("sampling.top.p", "0.9"),
                Map.entry("sampling.top.k", "20"),
                Map.entry("sampling.max.completion.length", "64"),
                Map.entry("coordinator.begin.timeout", "500ms"),
                Map.entry("coordinator.turn.timeout", "1s"),
                Map.entry("coordinator.judge.timeout", "2s"),
                Map.entry("coordinator.group.timeout", "3s"),
                Map.entry("coordinator.policy.timeout", "4s"),
                Map.entry("coordinator.registry.timeout", "5s"),
                Map.entry("team.duo.policy", "shared"),
                Map.entry("team.duo.policy.main", "own")));
        CoordinatorOptions options = CoordinatorOptions.from(settings);
        settings.check();

        assertThat(options.applicationId()).isEqualTo("mine");
        assertThat(options.stateDir()).isEqualTo(Path.of("here"));
        assertThat(options.store()).isEqualTo(StoreKind.MEMORY);
        assertThat(options.runSeed()).isEqualTo(-7);
        assertThat(options.groupSize()).isEqualTo(3);
        assertThat(options.groupsPerStep()).isEqualTo(5);
        assertThat(options.maxStaleness()).isZero();
        assertThat(options.jointMode()).isEqualTo(JointMode.CROSS);
        assertThat(options.sampling()).isEqualTo(new Sampling(0.7, 0.9, 20, 64));
        assertThat(options.timeouts())
                .isEqualTo(new CoordinatorOptions.Timeouts(
                        Duration.ofMillis(500),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(4),
                        Duration.ofSeconds(5)));
        assertThat(options.teams().policy("duo", "main")).isEqualTo("own");
        assertThat(options.teams().policy("duo", "helper")).isEqualTo("shared");
    }

    @Test
    void whatCannotBeUsedIsReportedTogether() {
        var settings = Settings.of(Map.of(
                "coordinator.store", "tape",
                "run.seed", "x",
                "train.joint.mode", "crossed",
                "coordinator.turn.timeout", "0s",
                "team.duo.polcy", "p"));
        CoordinatorOptions.from(settings);

        assertThatThrownBy(settings::check)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("tape")
                .hasMessageContaining("run.seed")
                .hasMessageContaining("'crossed' is not aligned or cross")
                .hasMessageContaining("coordinator.turn.timeout")
                .hasMessageContaining("duo.polcy");
    }
}
