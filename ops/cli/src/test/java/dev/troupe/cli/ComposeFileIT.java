package dev.troupe.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The compose file as Docker Compose understands it. Needs the command, but neither an engine nor images. */
class ComposeFileIT {

    private static final Logger LOGGER = LoggerFactory.getLogger(ComposeFileIT.class);
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private JsonNode services;

    @BeforeEach
    void read() throws Exception {
        var compose = DockerCommand.run(LIMIT, "compose", "version", "--short");
        String reason = "Docker Compose is not installed: " + compose.lastLine();
        if (!compose.worked()) {
            LOGGER.atWarn().addKeyValue("reason", reason).log("skipped");
        }
        assumeTrue(compose.worked(), reason);
        String root = ComposeSettings.ROOT.toString();
        var config = DockerCommand.run(
                LIMIT,
                "compose",
                "--project-directory",
                root,
                "--file",
                ComposeSettings.ROOT.resolve("docker-compose.yml").toString(),
                "--env-file",
                ComposeSettings.FILE.toString(),
                "config",
                "--format",
                "json");
        assertThat(config.exitCode()).as(config.output()).isZero();
        services = new ObjectMapper().readTree(config.output()).path("services");
        assertThat(services.size()).isEqualTo(7);
    }

    @Test
    void everyServiceHasAHealthcheckOrEndsByItself() {
        services.properties().forEach(service -> {
            boolean checked =
                    !service.getValue().path("healthcheck").path("test").isMissingNode();
            assertThat(checked || endsByItself(service)).as(service.getKey()).isTrue();
        });
    }

    @Test
    void portsAreOpenOnThisMachineOnly() {
        for (JsonNode service : services) {
            for (JsonNode port : service.path("ports")) {
                assertThat(port.path("host_ip").asText()).as(port.toString()).isEqualTo("127.0.0.1");
            }
        }
    }

    @Test
    void imagesAreNamedWithATag() {
        for (JsonNode service : services) {
            assertThat(service.path("image").asText()).matches("[^:]+:[^:]+").doesNotEndWith(":latest");
        }
    }

    @Test
    void serviceContainersHaveNoPrivileges() {
        services.properties().stream().filter(ComposeFileIT::isOurs).forEach(service -> {
            assertThat(service.getValue().path("cap_drop").toString())
                    .as(service.getKey())
                    .isEqualTo("[\"ALL\"]");
            assertThat(service.getValue().path("security_opt").toString()).contains("no-new-privileges:true");
        });
        assertThat(services.properties().stream()
                        .filter(ComposeFileIT::isOurs)
                        .map(Map.Entry::getKey)
                        .collect(Collectors.toSet()))
                .containsExactlyInAnyOrder("topics", "trainer", "agent", "reward", "evaluator");
    }

    private static boolean isOurs(Map.Entry<String, JsonNode> service) {
        return service.getValue().path("image").asText().startsWith("troupe:");
    }

    /** Not started again when it ends, and waited for by the others until it has. */
    private boolean endsByItself(Map.Entry<String, JsonNode> service) {
        return service.getValue().path("restart").asText().equals("no")
                && services.properties().stream()
                        .map(other -> other.getValue().path("depends_on").path(service.getKey()))
                        .anyMatch(wait -> wait.path("condition").asText().equals("service_completed_successfully"));
    }
}
