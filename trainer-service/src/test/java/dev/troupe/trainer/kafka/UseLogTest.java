package dev.troupe.trainer.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.ActivationStatus;
import dev.troupe.schemas.avro.ModelActivation;
import dev.troupe.schemas.avro.Task;
import dev.troupe.trainer.checkpoint.VersionUse;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class UseLogTest {
    private static final List<String> AGENTS = List.of("a", "b");
    private static final List<String> POLICIES = List.of("p", "q", "r");

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

    @RepeatedTest(20)
    void forgetsNothingThatIsServedWhenTheTopicIsCompacted(RepetitionInfo run) {
        // Given
        long seed = run.getCurrentRepetition();
        var random = new Random(seed);
        var serving = new TreeMap<String, Map<String, Integer>>();
        List<ModelActivation> words = IntStream.range(0, 40)
                .mapToObj(version -> word(random, version, serving))
                .toList();

        // When
        try (var clients = new KafkaClients(Settings.of(Map.of()));
                var log = new UseLog(clients)) {
            compacted(words, random).forEach(log::activated);

            // Then
            for (String policy : POLICIES) {
                assertThat(log.of(policy).served())
                        .as("%s with seed %d", policy, seed)
                        .isEqualTo(serving.values().stream()
                                .flatMap(versions -> Stream.ofNullable(versions.get(policy)))
                                .collect(Collectors.toSet()));
            }
        }
    }

    /** What one of the agents says of a version of one of the policies, which it then serves or has refused. */
    private static ModelActivation word(Random random, int version, Map<String, Map<String, Integer>> serving) {
        String agent = AGENTS.get(random.nextInt(AGENTS.size()));
        String policy = POLICIES.get(random.nextInt(POLICIES.size()));
        Map<String, Integer> served = serving.computeIfAbsent(agent, _ -> new TreeMap<>());
        ActivationStatus status = random.nextBoolean() ? ActivationStatus.ACTIVE : ActivationStatus.REFUSED;
        Integer previous = served.get(policy);
        if (status == ActivationStatus.ACTIVE) {
            served.put(policy, version);
        }
        return ModelActivation.newBuilder(activation(agent, version, previous, status))
                .setPolicyId(policy)
                .setServing(Map.copyOf(served))
                .build();
    }

    /** Of each key the last record is kept; of the others, those that compaction has not come to yet. */
    private static List<ModelActivation> compacted(List<ModelActivation> words, Random random) {
        var last = new HashMap<String, ModelActivation>();
        words.forEach(word -> last.put(TopicCatalog.MODEL_ACTIVATIONS.keyOf(word), word));
        int cleaned = random.nextInt(words.size() + 1);
        return IntStream.range(0, words.size())
                .filter(i -> i >= cleaned || last.containsValue(words.get(i)))
                .mapToObj(words::get)
                .toList();
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
