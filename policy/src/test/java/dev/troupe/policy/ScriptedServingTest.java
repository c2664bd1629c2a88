package dev.troupe.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The TorchScript decoder against transformers, the trainer and the NDArray decoder. */
class ScriptedServingTest {
    private static final PolicyOptions FLOAT32 = new PolicyOptions(Backend.TORCHSCRIPT, Precision.FLOAT32);
    private static final PolicyOptions BFLOAT16 = new PolicyOptions(Backend.TORCHSCRIPT, Precision.BFLOAT16);

    @TempDir
    Path directory;

    private final Samples samples = new Samples(7);

    @ParameterizedTest
    @ValueSource(strings = {"untied", "tied-bf16", "llama3-f16", "qwen2-sharded", "qwen3-tied"})
    void decodesGreedilyLikeTransformers(String name) throws Exception {
        // Given: prompts of different lengths in one batch
        Fixture fixture = Fixture.of(name);
        List<GenerationRequest> requests = new ArrayList<>();
        List<TokenIds> expected = new ArrayList<>();
        for (var node : fixture.reference().path("greedy")) {
            requests.add(new GenerationRequest(Fixture.ids(node.path("prompt")), SamplingParams.greedy(12), 0));
            expected.add(Fixture.ids(node.path("tokens")));
        }
        try (var policy = ServingPolicy.load(fixture.directory(), FLOAT32)) {
            // When
            List<Completion> completions = policy.generate(requests);

            // Then
            assertThat(completions).extracting(Completion::tokens).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"untied", "tied-bf16", "llama3-f16", "qwen2-sharded", "qwen3-tied"})
    void bfloat16StaysCloseToTheTrainer(String name) throws Exception {
        // Given: sampled with bfloat16 products, scored in float32
        Fixture fixture = Fixture.of(name);
        List<GenerationRequest> requests = new ArrayList<>();
        for (var node : fixture.reference().path("greedy")) {
            requests.add(new GenerationRequest(
                    Fixture.ids(node.path("prompt")), new SamplingParams(1, 1, 0, 12), requests.size()));
        }
        try (var trainer = TrainablePolicy.load(fixture.directory());
                var serving = ServingPolicy.load(fixture.directory(), BFLOAT16)) {
            // When
            List<Completion> completions = serving.generate(requests);

            // Then: 8 bits of mantissa leave about 1 % of a logit, and these logits reach 10
            List<LogProbs> recomputed = trainer.logprobs(Samples.asSequences(requests, completions));
            for (int i = 0; i < requests.size(); i++) {
                assertThat(completions.get(i).logprobs().toArray())
                        .as("sequence %d", i)
                        .containsExactly(recomputed.get(i).toArray(), within(0.1f));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama-all", "llama-attention", "qwen2-rslora", "qwen3-mlp"})
    void decodesGreedilyLikePeft(String name) throws Exception {
        // Given
        Fixture fixture = Fixture.of("adapters/" + name);
        Fixture base = Fixture.of(fixture.reference().path("base").asText());
        List<GenerationRequest> requests = new ArrayList<>();
        List<TokenIds> expected = new ArrayList<>();
        for (var node : fixture.reference().path("greedy")) {
            requests.add(greedy(Fixture.ids(node.path("prompt")), Optional.of("tuned")));
            expected.add(Fixture.ids(node.path("tokens")));
        }
        try (var policy = ServingPolicy.load(base.directory(), FLOAT32)) {
            policy.loadAdapter("tuned", fixture.directory());

            // When
            List<Completion> completions = policy.generate(requests);

            // Then
            assertThat(completions).extracting(Completion::tokens).isEqualTo(expected);
        }
    }

    @Test
    void eachSequenceOfABatchTakesItsOwnAdapter() throws Exception {
        // Given: the same prompts for the base and for two adapters
        Fixture fixture = Fixture.of("adapters/llama-all");
        Fixture base = Fixture.of(fixture.reference().path("base").asText());
        List<GenerationRequest> mixed = new ArrayList<>();
        for (Optional<String> adapter : List.of(Optional.of("b"), Optional.<String>empty(), Optional.of("a"))) {
            for (var node : fixture.reference().path("greedy")) {
                mixed.add(greedy(Fixture.ids(node.path("prompt")), adapter));
            }
        }
        try (var scripted = ServingPolicy.load(base.directory(), FLOAT32);
                var arrays = ServingPolicy.load(base.directory())) {
            for (ServingPolicy policy : List.of(scripted, arrays)) {
                policy.loadAdapter("a", fixture.directory());
                policy.loadAdapter("b", Fixture.of("adapters/llama-attention").directory());
            }

            // When
            List<Completion> completions = scripted.generate(mixed);

            // Then
            List<Completion> expected = arrays.generate(mixed);
            for (int i = 0; i < mixed.size(); i++) {
                assertThat(completions.get(i).tokens())
                        .isEqualTo(expected.get(i).tokens());
                assertThat(completions.get(i).logprobs().toArray())
                        .containsExactly(expected.get(i).logprobs().toArray(), within(1e-4f));
            }
        }
    }

    @Test
    void sampledLogProbsAreWhatTheTrainerComputes() throws Exception {
        // Given: three temperatures, nuclei, and lengths that make rows leave the batch and the cache grow
        List<GenerationRequest> requests = samples.requests(12);
        try (var policy = TrainablePolicy.initialize(Samples.TINY, 2)) {
            policy.save(directory);
            try (var serving = ServingPolicy.load(directory, FLOAT32)) {
                // When
                List<Completion> completions = serving.generate(requests);

                // Then
                List<LogProbs> recomputed = policy.logprobs(Samples.asSequences(requests, completions));
                for (int i = 0; i < requests.size(); i++) {
                    assertThat(completions.get(i).logprobs().toArray())
                            .as("sequence %d", i)
                            .containsExactly(recomputed.get(i).toArray(), within(1e-4f));
                }
            }
        }
    }

    @Test
    void drawsWhatTheArrayBackendDraws() throws Exception {
        // Given
        List<GenerationRequest> requests = samples.requests(9);
        try (var scripted = serving(FLOAT32);
                var arrays = ServingPolicy.load(directory)) {
            // When
            List<Completion> completions = scripted.generate(requests);

            // Then
            assertThat(completions)
                    .extracting(Completion::tokens)
                    .isEqualTo(arrays.generate(requests).stream()
                            .map(Completion::tokens)
                            .toList());
        }
    }

    @ParameterizedTest
    @EnumSource
    void largeMatricesGiveTheSameLogProbs(Family family) throws Exception {
        // Given: matrices of 2^17 and more numbers, which are packed
        var config = new DecoderConfig(
                512,
                256,
                512,
                1,
                4,
                2,
                64,
                1e-5,
                10_000,
                96,
                false,
                List.of(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                family,
                new RopeScaling.Plain());
        List<GenerationRequest> requests = samples.requests(5);
        try (var policy = TrainablePolicy.initialize(config, 2)) {
            policy.save(directory);
            for (PolicyOptions options : List.of(FLOAT32, BFLOAT16)) {
                try (var serving = ServingPolicy.load(directory, options)) {
                    // When
                    List<Completion> completions = serving.generate(requests);

                    // Then
                    float tolerance = options.equals(FLOAT32) ? 1e-4f : 0.05f;
                    List<LogProbs> recomputed = policy.logprobs(Samples.asSequences(requests, completions));
                    for (int i = 0; i < requests.size(); i++) {
                        assertThat(completions.get(i).logprobs().toArray())
                                .as("%s, sequence %d", options, i)
                                .containsExactly(recomputed.get(i).toArray(), within(tolerance));
                    }
                }
            }
        }
    }

    @Test
    void readsManyLongPromptsInChunks() throws Exception {
        // Given: 60 prompts of 90 tokens are more than one forward takes
        List<GenerationRequest> requests = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            requests.add(new GenerationRequest(samples.tokens(i == 7 ? 50 : 90), SamplingParams.greedy(3), i));
        }
        try (var scripted = serving(FLOAT32);
                var arrays = ServingPolicy.load(directory)) {
            // When
            List<Completion> completions = scripted.generate(requests);

            // Then
            assertThat(completions)
                    .extracting(Completion::tokens)
                    .isEqualTo(arrays.generate(requests).stream()
                            .map(Completion::tokens)
                            .toList());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"NDARRAY", "TORCHSCRIPT"})
    void keepsNothingOverAThousandSteps(Backend backend) throws Exception {
        // Given
        try (var serving = serving(new PolicyOptions(backend, Precision.FLOAT32))) {
            serving.generate(samples.requests(3));
            int arrays = serving.managedArrays();
            int steps = 0;

            // When
            while (steps < 1000) {
                steps += serving.generate(samples.requests(3)).stream()
                        .mapToInt(completion -> completion.tokens().size())
                        .max()
                        .orElseThrow();
            }

            // Then
            assertThat(serving.managedArrays()).isEqualTo(arrays);
        }
    }

    @Test
    void servesThreadsAtOnceAndClosesBehindThem() throws Exception {
        // Given
        List<GenerationRequest> requests = samples.requests(6);
        var serving = serving(FLOAT32);
        List<Completion> expected = serving.generate(requests);

        // When
        List<Future<List<Completion>>> results = new ArrayList<>();
        try (var threads = Executors.newFixedThreadPool(3)) {
            for (int i = 0; i < 6; i++) {
                results.add(threads.submit(() -> serving.generate(requests)));
            }
        }
        serving.close();

        // Then
        for (var result : results) {
            assertThat(result.get()).isEqualTo(expected);
        }
    }

    private static GenerationRequest greedy(TokenIds prompt, Optional<String> adapter) {
        return new GenerationRequest(prompt, SamplingParams.greedy(12), 0, adapter);
    }

    private ServingPolicy serving(PolicyOptions options) throws IOException {
        try (var policy = TrainablePolicy.initialize(Samples.TINY, 2)) {
            policy.save(directory);
        }
        return ServingPolicy.load(directory, options);
    }

    @Test
    void policiesOfOneShapeShareWhatIsCompiled() throws Exception {
        // Given: two versions, and one of another shape
        List<GenerationRequest> requests = samples.requests(4);
        var other = new DecoderConfig(
                40, 16, 24, 1, 4, 2, 4, 1e-5, 10_000, 96, true, List.of(1), OptionalInt.empty(), OptionalInt.of(0));
        try (var scripts = new ScriptCache()) {
            for (var config : List.of(Samples.TINY, Samples.TINY, other)) {
                Path checkpoint = directory.resolve("shape" + config.numHiddenLayers());
                try (var policy = TrainablePolicy.initialize(config, 2)) {
                    policy.save(checkpoint);
                }
                try (var cached = ServingPolicy.load(checkpoint, FLOAT32, scripts);
                        var alone = ServingPolicy.load(checkpoint, FLOAT32)) {
                    // When, then
                    assertThat(cached.generate(requests)).isEqualTo(alone.generate(requests));
                }
            }
        }
    }
}
