package dev.troupe.agent.openai;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.agent.openai.OpenAiOptions.Adapters;
import dev.troupe.agent.openai.OpenAiOptions.Api;
import dev.troupe.agent.openai.OpenAiOptions.Dialect;
import dev.troupe.runtime.config.ConfigException;
import dev.troupe.runtime.config.Settings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OpenAiOptionsTest {
    @Test
    void hasDefaults() {
        Settings settings =
                Settings.of(Map.of("agent.openai.base.urls", "http://a:8000/v1/", "agent.openai.model", "qwen"));
        OpenAiOptions options = OpenAiOptions.of(settings, true, 3);
        settings.check();
        assertThat(options)
                .isEqualTo(new OpenAiOptions(
                        List.of(URI.create("http://a:8000/v1")),
                        "qwen",
                        0,
                        new ApiKey(""),
                        Api.COMPLETIONS,
                        Dialect.VLLM,
                        Adapters.VLLM,
                        5,
                        Optional.empty(),
                        Optional.empty(),
                        64,
                        true,
                        true,
                        PatienceOptions.DEFAULT));
    }

    @Test
    void mapsEveryKey() {
        Settings settings = Settings.of(Map.ofEntries(
                entry("agent.openai.base.urls", "http://a:1/v1, https://b/v1"),
                entry("agent.openai.model", "m"),
                entry("agent.openai.base.version", "7"),
                entry("agent.openai.api.key", "secret"),
                entry("agent.openai.api", "chat"),
                entry("agent.openai.dialect", "openai"),
                entry("agent.openai.adapters", "none"),
                entry("agent.openai.max.loras", "9"),
                entry("agent.openai.tokenizer", "base"),
                entry("agent.openai.artifacts.dir", "/mnt/artifacts"),
                entry("agent.openai.concurrency", "3"),
                entry("agent.openai.stream", "false"),
                entry("agent.openai.exact.logprobs", "false"),
                entry("agent.openai.connect.timeout", "1s"),
                entry("agent.openai.request.timeout", "2s"),
                entry("agent.openai.first.byte.timeout", "3s"),
                entry("agent.openai.chunk.timeout", "4s"),
                entry("agent.openai.load.timeout", "5s"),
                entry("agent.openai.retries", "6"),
                entry("agent.openai.retry.backoff", "7s"),
                entry("agent.openai.retry.left.out", "8s")));
        OpenAiOptions options = OpenAiOptions.of(settings, true, 3);
        settings.check();
        assertThat(options)
                .isEqualTo(new OpenAiOptions(
                        List.of(URI.create("http://a:1/v1"), URI.create("https://b/v1")),
                        "m",
                        7,
                        new ApiKey("secret"),
                        Api.CHAT,
                        Dialect.OPENAI,
                        Adapters.NONE,
                        9,
                        Optional.of(Path.of("base")),
                        Optional.of(Path.of("/mnt/artifacts")),
                        3,
                        false,
                        false,
                        new PatienceOptions(
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(2),
                                Duration.ofSeconds(3),
                                Duration.ofSeconds(4),
                                Duration.ofSeconds(5),
                                6,
                                Duration.ofSeconds(7),
                                Duration.ofSeconds(8))));
        assertThat(settings.describe()).doesNotContain("secret");
        assertThat(options.toString()).doesNotContain("secret");
    }

    @Test
    void wantsNothingWhenNoServersAreUsed() {
        Settings settings = Settings.of(Map.of());
        OpenAiOptions.of(settings, false, 3);
        settings.check();
    }

    @Test
    void reportsAllProblemsTogether() {
        Settings settings = Settings.of(Map.of(
                "agent.openai.base.urls", "http://a:1/v1,ftp://b,http://a:1/v1/",
                "agent.openai.api", "responses",
                "agent.openai.dialect", "openai",
                "agent.openai.adapters", "vllm",
                "agent.openai.max.loras", "2",
                "agent.openai.chunk.timeout", "0s"));
        OpenAiOptions.of(settings, true, 3);
        assertThatThrownBy(settings::check)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("agent.openai.base.urls names a server twice")
                .hasMessageContaining("agent.openai.model is missing")
                .hasMessageContaining("agent.openai.api 'responses' is none of completions, chat")
                .hasMessageContaining("agent.openai.dialect must be vllm")
                .hasMessageContaining("agent.openai.max.loras 2 is too few")
                .hasMessageContaining("--max-loras 5")
                .hasMessageContaining("agent.openai.chunk.timeout");
    }

    @Test
    void namesTheAddressThatIsNone() {
        Settings settings = Settings.of(Map.of("agent.openai.base.urls", "localhost:8000", "agent.openai.model", "m"));
        OpenAiOptions.of(settings, true, 0);
        assertThatThrownBy(settings::check)
                .hasMessageContaining("'localhost:8000' is not an address like http://host:8000/v1");
        // An address with a password would stand in every log line.
        Settings secret = Settings.of(Map.of("agent.openai.base.urls", "http://u:p@a/v1", "agent.openai.model", "m"));
        OpenAiOptions.of(secret, true, 0);
        assertThatThrownBy(secret::check).isInstanceOf(ConfigException.class);
    }
}
