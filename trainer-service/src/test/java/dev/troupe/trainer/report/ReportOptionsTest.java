package dev.troupe.trainer.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.runtime.config.ConfigException;
import dev.troupe.runtime.config.Settings;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportOptionsTest {
    private static final Path STORE = Path.of("store");

    @Test
    void writesJsonLinesBesideTheCheckpoints() {
        ReportOptions options = read(Map.of(), Map.of(), "team");

        assertThat(options.to()).containsExactly(ReportTarget.JSONL);
        assertThat(options.directory()).isEqualTo(STORE.resolve("_runs"));
    }

    @Test
    void mapsEveryKey() {
        ReportOptions options = read(
                Map.of(
                        "trainer.report.to", "tensorboard, mlflow",
                        "trainer.logging.dir", "logs",
                        "trainer.mlflow.tracking.uri", "https://tracking:8443/",
                        "trainer.mlflow.experiment.name", "night",
                        "trainer.mlflow.run.id", "abc",
                        "trainer.mlflow.tracking.token", "t"),
                Map.of(),
                "team");

        assertThat(options.to()).containsExactlyInAnyOrder(ReportTarget.TENSORBOARD, ReportTarget.MLFLOW);
        assertThat(options.directory()).isEqualTo(Path.of("logs"));
        assertThat(options.mlflow())
                .isEqualTo(new MlFlowOptions(URI.create("https://tracking:8443"), "night", "abc", "t"));
        assertThat(options.toString()).doesNotContain("token");
    }

    @Test
    void takesMlflowsOwnVariables() {
        ReportOptions options = read(
                Map.of("trainer.report.to", "mlflow"),
                Map.of(
                        "MLFLOW_TRACKING_URI", "http://m:5000",
                        "MLFLOW_EXPERIMENT_NAME", "day",
                        "MLFLOW_RUN_ID", "r",
                        "MLFLOW_TRACKING_TOKEN", "t"),
                "team");

        assertThat(options.mlflow()).isEqualTo(new MlFlowOptions(URI.create("http://m:5000"), "day", "r", "t"));
    }

    @Test
    void noneIsNowhere() {
        assertThat(read(Map.of("trainer.report.to", "none"), Map.of(), "team").to())
                .isEmpty();
    }

    @Test
    void saysWhatCannotBeUsed() {
        Settings settings = Settings.of(Map.of(
                "trainer.report.to",
                "mlflow,wandb",
                "trainer.mlflow.run.id",
                "one",
                "trainer.mlflow.tracking.uri",
                "a b"));
        ReportOptions.read(settings, STORE, Map.of(), List.of("red", "blue"));

        assertThatThrownBy(settings::check)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("none or some of jsonl, tensorboard, mlflow, not 'wandb'")
                .hasMessageContaining("one run for 2 teams")
                .hasMessageContaining("MLFLOW_TRACKING_URI")
                .hasMessageContaining("'a b'");
    }

    private static ReportOptions read(Map<String, String> values, Map<String, String> env, String... teamIds) {
        Settings settings = Settings.of(values);
        ReportOptions options = ReportOptions.read(settings, STORE, env, List.of(teamIds));
        settings.check();
        return options;
    }
}
