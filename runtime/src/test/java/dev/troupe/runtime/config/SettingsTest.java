package dev.troupe.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

    @Test
    void givesDefaultsForWhatIsNotSet() {
        var settings = Settings.of(Map.of());

        assertThat(settings.text("a.text", "x")).isEqualTo("x");
        assertThat(settings.integer("a.integer", 3, 0, 9)).isEqualTo(3);
        assertThat(settings.decimal("a.decimal", 0.5, 0, 1)).isEqualTo(0.5);
        assertThat(settings.duration("a.duration", Duration.ofSeconds(30))).isEqualTo(Duration.ofSeconds(30));
        assertThat(settings.size("a.size", 1 << 20)).isEqualTo(1 << 20);
        assertThat(settings.flag("a.flag", true)).isTrue();
        assertThat(settings.list("a.list", List.of("p", "q"))).containsExactly("p", "q");
        assertThat(settings.path("a.path", Path.of("data"))).isEqualTo(Path.of("data"));
        assertThat(settings.prefixed("kafka.")).isEmpty();
        assertThatCode(settings::check).doesNotThrowAnyException();
    }

    @Test
    void readsEveryType() {
        var settings = Settings.of(Map.of(
                "a.text", "hello",
                "a.integer", "7",
                "a.decimal", "1e-3",
                "a.duration", "250ms",
                "a.size", "64MiB",
                "a.flag", "false",
                "a.list", " p, q ,,r",
                "a.path", "/data",
                "kafka.ssl.truststore.location", "/trust"));

        assertThat(settings.required("a.text")).isEqualTo("hello");
        assertThat(settings.integer("a.integer", 3, 0, 9)).isEqualTo(7);
        assertThat(settings.decimal("a.decimal", 0.5, 0, 1)).isEqualTo(0.001);
        assertThat(settings.duration("a.duration", Duration.ZERO)).isEqualTo(Duration.ofMillis(250));
        assertThat(settings.size("a.size", 0)).isEqualTo(64L << 20);
        assertThat(settings.flag("a.flag", true)).isFalse();
        assertThat(settings.list("a.list", List.of())).containsExactly("p", "q", "r");
        assertThat(settings.path("a.path", Path.of("."))).isEqualTo(Path.of("/data"));
        assertThat(settings.prefixed("kafka.")).containsExactly(Map.entry("ssl.truststore.location", "/trust"));
        assertThatCode(settings::check).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({"250ms,250", "30s,30000", "5m,300000", "2h,7200000", "7d,604800000"})
    void readsDurationsWithTheirUnits(String text, long millis) {
        assertThat(Settings.of(Map.of("d", text)).duration("d", Duration.ZERO)).hasMillis(millis);
    }

    @ParameterizedTest
    @ValueSource(strings = {"30", "s", "-5s", "1.5s", "30 sec", "99999999999999s", ""})
    void refusesDurationsThatAreNone(String text) {
        var settings = Settings.of(Map.of("d", text));

        assertThat(settings.duration("d", Duration.ofSeconds(1))).hasSeconds(1);
        assertThatThrownBy(settings::check).hasMessageContaining("d '" + text + "' is not a duration with its unit");
    }

    @Test
    void refusesASizeThatOverflows() {
        var settings = Settings.of(Map.of("s", "999999999999GiB"));

        assertThat(settings.size("s", 1)).isEqualTo(1);
        assertThatThrownBy(settings::check).hasMessageContaining("too large");
    }

    @Test
    void reportsAllProblemsTogether() {
        var settings = Settings.of(Map.of("n", "ten", "p", "1.5", "f", "yes", "r", "11", "x", "NaN", "typo.here", "1"));
        settings.integer("n", 1, 0, 10);
        settings.decimal("p", 0.5, 0, 1);
        settings.flag("f", true);
        settings.integer("r", 1, 0, 10);
        settings.decimal("x", 0.5, 0, 1);
        String missing = settings.required("needed");
        settings.problem("own", "contradicts n");

        var problems = catchThrowableOfType(ConfigException.class, settings::check);

        assertThat(missing).isEmpty();
        assertThat(problems.problems())
                .containsExactlyInAnyOrder(
                        "n 'ten' is not a whole number",
                        "p '1.5' is not between 0.0 and 1.0",
                        "f 'yes' is neither true nor false",
                        "r '11' is not between 0 and 10",
                        "x 'NaN' is not a number",
                        "needed is missing",
                        "own contradicts n",
                        "unknown setting 'typo.here'");
        problems.problems().forEach(problem -> assertThat(problems).hasMessageContaining(problem));
    }

    @Test
    void namesTheNearestKnownSetting() {
        var settings = Settings.of(Map.of("agent.bacth", "4"));
        settings.integer("agent.batch", 1, 1, 64);
        settings.text("trainer.name", "");

        assertThatThrownBy(settings::check)
                .hasMessageContaining("unknown setting 'agent.bacth'; did you mean 'agent.batch'?");
    }

    @Test
    void masksSecretsWhereverTheyShow() {
        var settings = Settings.of(Map.of(
                "kafka.ssl.keystore.password", "hunter2",
                "kafka.sasl.jaas.config", "password=\"hunter2\"",
                "schema.registry.basic.auth.user.info", "me:hunter2",
                "agent.api-key", "hunter2",
                "agent.token", "hunter2",
                "registry.url", "https://me:hunter2@registry:8081",
                "agent.max-tokens", "256"));
        settings.prefixed("kafka.");
        settings.prefixed("schema.registry.");
        settings.integer("agent.api-key", 0, 0, 1);
        settings.text("agent.token", "");
        settings.text("registry.url", "");
        settings.integer("agent.max-tokens", 1, 1, 1000);

        assertThat(settings.describe())
                .doesNotContain("hunter2")
                .contains("agent.max-tokens=256")
                .contains("registry.url=https://********@registry:8081");
        assertThatThrownBy(settings::check)
                .hasMessageContaining("agent.api-key")
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void describesDefaultsAsTheyWouldBeWritten() {
        var settings = Settings.of(Map.of());
        settings.duration("d", Duration.ofMillis(1500));
        settings.size("s", 1024);
        settings.list("l", List.of("a", "b"));

        assertThat(settings.describe()).isEqualTo("d=1500ms\nl=a,b\ns=1024B\n");
    }

    @Test
    void overridesBeatTheEnvironmentAndTheEnvironmentBeatsTheFile(@TempDir Path dir) throws IOException {
        Path file = Files.writeString(dir.resolve("troupe.properties"), "a=file\nb=file\nc=file\nunicode=caf\u00e9\n");
        Map<String, String> env = Map.of(
                "TROUPE_B", "env", "TROUPE_C", "env", "TROUPE_HEAP", "2g", "TROUPE_PLUGINS", "jars", "PATH", "/bin");

        var settings = Settings.load(file, env, Map.of("c", "override"));

        assertThat(settings.text("a", "")).isEqualTo("file");
        assertThat(settings.text("b", "")).isEqualTo("env");
        assertThat(settings.text("c", "")).isEqualTo("override");
        assertThat(settings.text("unicode", "")).isEqualTo("caf\u00e9");
        assertThatCode(settings::check).doesNotThrowAnyException();
    }

    @Test
    void mapsEnvironmentNames() {
        Map<String, String> env = Map.of(
                "TROUPE_KAFKA_BOOTSTRAP_SERVERS", "b:1", "TROUPE_TEAM_A___B", "dash", "TROUPE_TEAM_A__B", "underscore");

        var settings = Settings.load(null, env, Map.of());

        assertThat(settings.text("kafka.bootstrap.servers", "")).isEqualTo("b:1");
        assertThat(settings.text("team.a-b", "")).isEqualTo("dash");
        assertThat(settings.text("team.a_b", "")).isEqualTo("underscore");
    }

    @Test
    void refusesAFileThatIsNotThereOrNotText(@TempDir Path dir) throws IOException {
        Path binary = Files.write(dir.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});

        assertThatThrownBy(() -> Settings.load(dir.resolve("none"), Map.of(), Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("none does not exist");
        assertThatThrownBy(() -> Settings.load(binary, Map.of(), Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("is not UTF-8");
    }
}
