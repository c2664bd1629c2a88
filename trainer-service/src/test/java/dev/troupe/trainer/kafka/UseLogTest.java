package dev.troupe.trainer.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.schemas.avro.ActivationStatus;
import dev.troupe.schemas.avro.ModelActivation;
import dev.troupe.schemas.avro.Task;
import dev.troupe.trainer.checkpoint.VersionUse;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class UseLogTest {
    @Test
    void knowsWhatEachAgentServesAndTheLastTaskOfEachVersion() {
        try (var clients = new KafkaClients(Settings.of(Map.of()));
                var log = new UseLog(clients)) {
            log.activated(activation("a", 1, null, ActivationStatus.ACTIVE));
            log.activated(activation("a", 2, 1, ActivationStatus.ACTIVE));
            log.activated(activation("b", 3, 1, ActivationStatus.REFUSED));
            log.activated(activation("c", 3, null, ActivationStatus.REFUSED));
            log.fed(task(4), Instant.ofEpochSecond(20));
            log.fed(task(4), Instant.ofEpochSecond(10));

            assertThat(log.of("p")).isEqualTo(new VersionUse(Set.of(1, 2), Map.of(4, Instant.ofEpochSecond(20))));
            assertThat(log.of("other")).isEqualTo(new VersionUse(Set.of(), Map.of()));
            assertThat(log.complete()).isFalse();
        }
    }

    private static Task task(int version) {
        return Task.newBuilder()
                .setTaskId("t")
                .setEnvironment("coding")
                .setPrompt("")
                .setPolicyVersions(Map.of("p", version))
                .build();
    }

    private static ModelActivation activation(
            String agentId, int version, @Nullable Integer previous, ActivationStatus status) {
        return ModelActivation.newBuilder()
                .setAgentId(agentId)
                .setPolicyId("p")
                .setVersion(version)
                .setPrevious(previous)
                .setStatus(status)
                .setReason(status == ActivationStatus.ACTIVE ? null : "WRONG_DIGEST")
                .setActivatedAt(0)
                .setLoadMillis(0)
                .setSwapMillis(0)
                .build();
    }
}
