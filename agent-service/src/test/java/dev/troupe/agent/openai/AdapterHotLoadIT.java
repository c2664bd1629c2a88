package dev.troupe.agent.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;
import static org.awaitility.Awaitility.await;

import dev.troupe.agent.openai.FakeVllm.Behaviour;
import dev.troupe.agent.openai.OpenAiMetrics.AdapterOutcome;
import dev.troupe.agent.policy.CompletionRefusedException;
import dev.troupe.agent.policy.LoadedPolicy;
import dev.troupe.agent.policy.PolicyLoadException;
import dev.troupe.agent.policy.Sampled;
import dev.troupe.policy.Completion;
import dev.troupe.schemas.avro.ModelVersion;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Adapters that come and go at two fake servers; each way in which others lost a run is a test. */
class AdapterHotLoadIT {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @TempDir
    private Path home;

    private Fleet fleet;
    private OpenAiPolicyLoader loader;

    @BeforeEach
    void start() throws Exception {
        fleet = new Fleet(home, 2);
        loader = fleet.loader(fleet.options());
    }

    @AfterEach
    void stop() {
        fleet.close();
    }

    @Test
    void neverUsesANameForOtherWeights() throws Exception {
        // The fakes cache prefixes by name, so a name that is used again would answer with the weights before.
        for (int number = 1; number <= 4; number++) {
            ModelVersion version = fleet.adapter(number);
            fleet.activate(loader, version);
            assertSampledBy(version, sample(number));
        }
        List<String> names = fleet.fake(0).calls(FakeVllm.LOAD).stream()
                .map(call -> call.body().path("lora_name").asText())
                .toList();
        assertThat(names)
                .doesNotHaveDuplicates()
                .allSatisfy(name -> assertThat(name).matches(Fleet.POLICY + "-v\\d-[0-9a-f]{12}"));
    }

    @Test
    void givesAVersionOfANewRunAnotherName() throws Exception {
        ModelVersion first = fleet.adapter(1);
        ModelVersion again =
                ModelVersion.newBuilder(fleet.adapter(2)).setVersion(1).build();
        assertThat(LoraAdapter.of(again, "x").name())
                .isNotEqualTo(LoraAdapter.of(first, "x").name());
    }

    @Test
    void unloadsAVersionEverywhereWhenItsLastTurnEnds() throws Exception {
        fleet.activate(loader, fleet.adapter(1));
        Sampled running = sampled(1);
        fleet.activate(loader, fleet.adapter(2));
        assertThat(fleet.fakes).allSatisfy(fake -> assertThat(fake.adapters()).hasSize(2));

        running.lease().close();

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(fleet.fakes)
                        .allSatisfy(fake -> assertThat(fake.adapters()).containsOnlyKeys(name(fleet.adapter(2)))));
        assertThat(count(AdapterOutcome.UNLOADED)).isEqualTo(2);
    }

    @Test
    void holdsTwoAdaptersAtMostOverManyVersions() throws Exception {
        for (int number = 1; number <= 20; number++) {
            fleet.activate(loader, fleet.adapter(number));
            sampled(number).lease().close();
            await().atMost(PATIENCE)
                    .until(() -> fleet.fakes.stream()
                            .allMatch(fake -> fake.adapters().size() == 1));
        }
        assertThat(count(AdapterOutcome.UNLOADED)).isEqualTo(2 * 19);
    }

    @Test
    void neverLoadsInPlace() throws Exception {
        fleet.activate(loader, fleet.adapter(1));
        assertThat(fleet.fake(0).calls(FakeVllm.LOAD))
                .allSatisfy(call -> assertThat(call.body().properties())
                        .extracting(Map.Entry::getKey)
                        .containsOnly("lora_name", "lora_path"));
    }

    @Test
    void rollsBackEverywhereWhenOneServerDoesNotTakeIt() throws Exception {
        fleet.activate(loader, fleet.adapter(1));
        fleet.fake(1).always(FakeVllm.LOAD, new Behaviour.Status(500, Map.of(), "LoRA rank 8 is greater than 4"));
        ModelVersion second = fleet.adapter(2);

        assertThatThrownBy(() -> loader.load(second))
                .isInstanceOf(PolicyLoadException.class)
                .hasMessageContaining("SERVERS")
                .hasMessageContaining("loaded at 1 of 2 servers and rolled back")
                .hasMessageContaining("LoRA rank 8 is greater than 4");

        assertThat(fleet.fake(0).adapters()).containsOnlyKeys(name(fleet.adapter(1)));
        assertThat(count(AdapterOutcome.ROLLED_BACK)).isPositive();
        // No turn was ever sampled by what failed.
        assertThat(completionsOf(second)).isZero();
        assertSampledBy(fleet.adapter(1), sample(3));
    }

    @Test
    void samplesNothingBeforeEveryServerHasIt() throws Exception {
        fleet.fake(1).next(FakeVllm.LOAD, new Behaviour.Status(429, Map.of("Retry-After", "1"), "busy"));
        ModelVersion version = fleet.adapter(1);
        CompletableFuture<LoadedPolicy> loading = CompletableFuture.supplyAsync(() -> {
            try {
                return loader.load(version);
            } catch (PolicyLoadException e) {
                throw new IllegalStateException(e);
            }
        });
        await().atMost(PATIENCE).until(() -> fleet.fake(0).adapters().size() == 1);
        assertThat(loading).isNotDone();
        assertThat(completionsOf(version)).isZero();

        fleet.registry.activate(version, loading.get(10, TimeUnit.SECONDS));
        // The server said one second, and was given it.
        assertThat(fleet.fake(1).calls(FakeVllm.LOAD)).hasSize(2);
        assertSampledBy(version, sample(1));
    }

    @Test
    void namesItsAdapterInEveryRequestAndTakesNoAnswerOfTheBase() throws Exception {
        ModelVersion version = fleet.adapter(1);
        fleet.activate(loader, version);
        for (int seed = 0; seed < 6; seed++) {
            sampled(seed).lease().close();
        }
        assertThat(fleet.fakes)
                .allSatisfy(fake -> assertThat(fake.calls(FakeVllm.COMPLETIONS))
                        .allSatisfy(call ->
                                assertThat(call.body().path("model").asText()).isEqualTo(name(version))));

        // Some servers answer with the base when they do not know the adapter.
        fleet.fakes.forEach(fake ->
                fake.always(FakeVllm.COMPLETIONS, new Behaviour.Tamper(piece -> piece.put("model", FakeVllm.BASE))));
        assertThatThrownBy(() -> fleet.complete(fleet.request(1)).get(10, TimeUnit.SECONDS))
                .hasCauseInstanceOf(CompletionRefusedException.class)
                .hasMessageContaining("WRONG_MODEL");
    }

    @Test
    void givesAServerThatRestartedTheAdapterBeforeItServes() throws Exception {
        ModelVersion version = fleet.adapter(1);
        fleet.activate(loader, version);
        fleet.fakes.forEach(FakeVllm::restart);
        for (int seed = 0; seed < 4; seed++) {
            assertSampledBy(version, sample(seed));
        }
        assertThat((long) count(AdapterOutcome.RELOADED))
                .isEqualTo(fleet.fakes.stream()
                        .filter(fake -> !fake.adapters().isEmpty())
                        .count());
    }

    @Test
    void passesOverAServerThatIsDownAndGivesItTheAdapterWhenItReturns() throws Exception {
        fleet.fake(1).goDown();
        ModelVersion version = fleet.adapter(1);
        fleet.activate(loader, version);
        assertSampledBy(version, sample(1));

        fleet.fake(1).comeBack();
        fleet.fake(0).goDown();

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(sample(2)).isNotNull());
        assertThat(fleet.fake(1).adapters()).containsOnlyKeys(name(version));
    }

    @Test
    void waitsForServersThatHaveNotStartedYet() throws Exception {
        fleet.fakes.forEach(FakeVllm::goDown);
        ModelVersion version = fleet.adapter(1);
        assertThatThrownBy(() -> loader.load(version))
                .isInstanceOfSatisfying(
                        PolicyLoadException.class,
                        e -> assertThat(e.reason()).isEqualTo(PolicyLoadException.Reason.UNREACHABLE))
                .hasMessageContaining("no server answers");
        assertThatThrownBy(() -> loader.load(fleet.base(0))).hasMessageContaining("no server answers");

        for (FakeVllm fake : fleet.fakes) {
            fake.comeBack();
        }
        await().atMost(PATIENCE).ignoreExceptions().until(() -> {
            fleet.activate(loader, version);
            return true;
        });
        assertSampledBy(version, sample(1));
    }

    @Test
    void saysWhenServersHoldTooFewAdapters() throws Exception {
        var held = new ArrayList<LoadedPolicy>();
        for (int number = 1; number <= 3; number++) {
            held.add(loader.load(fleet.adapter(number)));
        }
        assertThatThrownBy(() -> loader.load(fleet.adapter(4)))
                .isInstanceOf(PolicyLoadException.class)
                .hasMessageContaining("3 adapters are in use and agent.openai.max.loras is 3")
                .hasMessageContaining("--max-loras 4");
        assertThat(fleet.fake(0).adapters()).hasSize(3);
        held.forEach(LoadedPolicy::close);
    }

    @Test
    void sharesAnAdapterThatAnotherAgentLoaded() throws Exception {
        ModelVersion version = fleet.adapter(1);
        loader.load(version);
        try (var other = new Fleet.Other(fleet)) {
            LoadedPolicy same = other.loader().load(version);
            assertThat(count(AdapterOutcome.SHARED)).isEqualTo(2);
            same.close();
        }
    }

    @Test
    void sweepsWhatADeadAgentLeft() throws Exception {
        loader.load(fleet.adapter(1));
        try (var successor = new Fleet.Other(fleet)) {
            successor.loader().load(fleet.adapter(9));
            assertThat(fleet.fake(0).adapters()).containsOnlyKeys(name(fleet.adapter(9)));
            assertThat(count(AdapterOutcome.SWEPT)).isEqualTo(2);
        }
    }

    private Sampled sampled(long seed) throws Exception {
        return fleet.complete(fleet.request(seed)).get(10, TimeUnit.SECONDS);
    }

    private Completion sample(long seed) throws Exception {
        Sampled sampled = sampled(seed);
        sampled.lease().close();
        return sampled.completion();
    }

    /** The fakes' log-probs tell the weights that made them. */
    private void assertSampledBy(ModelVersion version, Completion completion) {
        var model = new FakeModel(Fleet.path(version), fleet.fake(0).vocabulary(), true);
        List<Integer> prompt = fleet.tokenizer.encodeChat(Fleet.CHAT).asList();
        double expected = model.logprobs(prompt, 1)[completion.tokens().get(0)];
        assertThat((double) completion.logprobs().get(0)).isCloseTo(expected, offset(1e-5));
    }

    private long completionsOf(ModelVersion version) {
        return fleet.fakes.stream()
                .flatMap(fake -> fake.calls(FakeVllm.COMPLETIONS).stream())
                .filter(call -> call.body().path("model").asText().equals(name(version)))
                .count();
    }

    private static String name(ModelVersion version) {
        return LoraAdapter.of(version, "anywhere").name();
    }

    private double count(AdapterOutcome outcome) {
        return fleet.count(OpenAiMetrics.ADAPTERS, "outcome", outcome.name());
    }
}
