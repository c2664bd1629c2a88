package dev.troupe.policy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.troupe.policy.CheckpointException.Reason;
import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Adapters against the numbers and files of PEFT; made by src/test/python/make_adapter_fixtures.py. */
class AdapterTest {
    private static final float TOLERANCE = 1e-4f;

    @Target(ElementType.METHOD)
    @Retention(RetentionPolicy.RUNTIME)
    @ParameterizedTest
    @ValueSource(strings = {"llama-all", "llama-attention", "qwen2-rslora", "qwen3-mlp"})
    private @interface EachAdapter {}

    @TempDir
    private Path directory;

    @EachAdapter
    void givesTheLogProbsAndGradientsOfPeft(String name) throws Exception {
        // Given
        Fixture fixture = Fixture.of("adapters/" + name);
        try (var policy = TrainablePolicy.loadAdapter(base(fixture), fixture.directory());
                var expected = Safetensors.open(fixture.directory().resolve("gradients.safetensors"))) {
            // When
            List<LogProbs> logprobs = policy.logprobs(fixture.sequences());
            double loss = policy.accumulate(
                    fixture.sequences(),
                    batch -> batch.logprobs()
                            .mul(batch.padded(fixture.weights()))
                            .sum()
                            .neg()
                            .div(batch.mask().sum()));

            // Then
            for (int i = 0; i < logprobs.size(); i++) {
                assertThat(logprobs.get(i).toArray())
                        .containsExactly(fixture.perToken("logprobs").get(i), within(TOLERANCE));
            }
            assertThat(loss).isCloseTo(fixture.reference().path("loss").asDouble(), within(1e-4));
            var gradients = policy.gradients();
            assertThat(gradients.keySet()).isEqualTo(expected.names());
            for (String tensor : expected.names()) {
                assertThat(requireNonNull(gradients.get(tensor)).toArray())
                        .as(tensor)
                        .containsExactly(expected.floats(tensor).toArray(), within(TOLERANCE));
            }
        }
    }

    @EachAdapter
    void decodesGreedilyLikePeft(String name) throws Exception {
        Fixture fixture = Fixture.of("adapters/" + name);
        List<GenerationRequest> requests = new ArrayList<>();
        List<TokenIds> expected = new ArrayList<>();
        for (var node : fixture.reference().path("greedy")) {
            requests.add(greedy(Fixture.ids(node.path("prompt")), Optional.of("tuned")));
            expected.add(Fixture.ids(node.path("tokens")));
        }
        try (var policy = ServingPolicy.load(base(fixture))) {
            policy.loadAdapter("tuned", fixture.directory());

            assertThat(policy.generate(requests)).extracting(Completion::tokens).isEqualTo(expected);
        }
    }

    @EachAdapter
    void writesThePeftDirectoryItRead(String name) throws Exception {
        Fixture fixture = Fixture.of("adapters/" + name);
        try (var policy = TrainablePolicy.loadAdapter(base(fixture), fixture.directory())) {
            policy.save(directory);
        }

        assertThat(tensors(directory)).isEqualTo(tensors(fixture.directory()));
        assertThat(LoraConfig.read(directory.resolve("adapter_config.json")))
                .isEqualTo(LoraConfig.read(fixture.directory().resolve("adapter_config.json")));
    }

    @Test
    void eachSequenceOfABatchTakesItsOwnAdapter() throws Exception {
        // Given: the same prompts for the base and for two adapters, mixed
        Fixture all = Fixture.of("adapters/llama-all");
        Fixture attention = Fixture.of("adapters/llama-attention");
        List<GenerationRequest> mixed = new ArrayList<>();
        for (Optional<String> adapter : List.of(Optional.of("b"), Optional.<String>empty(), Optional.of("a"))) {
            for (var node : all.reference().path("greedy")) {
                mixed.add(greedy(Fixture.ids(node.path("prompt")), adapter));
            }
        }
        try (var policy = ServingPolicy.load(base(all))) {
            policy.loadAdapter("a", all.directory());
            policy.loadAdapter("b", attention.directory());

            // When
            List<Completion> together = policy.generate(mixed);

            // Then
            for (int i = 0; i < mixed.size(); i++) {
                Completion alone = policy.generate(List.of(mixed.get(i))).getFirst();
                assertThat(together.get(i).tokens()).isEqualTo(alone.tokens());
                assertThat(together.get(i).logprobs().toArray())
                        .containsExactly(alone.logprobs().toArray(), within(TOLERANCE));
            }
        }
    }

    @Test
    void aPromptThatAnAdapterReadIsReadAnewForTheBase() throws Exception {
        Fixture all = Fixture.of("adapters/llama-all");
        TokenIds prompt = Fixture.ids(all.reference().path("greedy").get(0).path("prompt"));
        List<GenerationRequest> requests = List.of(
                greedy(prompt, Optional.of("a")), greedy(prompt, Optional.empty()), greedy(prompt, Optional.of("a")));
        try (var policy = ServingPolicy.load(base(all))) {
            policy.loadAdapter("a", all.directory());
            List<Completion> expected = policy.generate(requests);

            // When: one after another
            Map<RunningBatch.Ticket, TokenIds> drawn = new LinkedHashMap<>();
            try (RunningBatch batch = policy.open()) {
                for (GenerationRequest request : requests) {
                    drawn.put(batch.admit(List.of(request)).getFirst(), TokenIds.of());
                    batch.step();
                }
                while (batch.size() > 0) {
                    batch.step();
                }
                batch.takeFinished()
                        .forEach(done ->
                                drawn.put(done.ticket(), done.completion().tokens()));
            }

            assertThat(drawn.values())
                    .containsExactlyElementsOf(
                            expected.stream().map(Completion::tokens).toList());
        }
    }

    @Test
    void aFreshAdapterChangesNothingAndTrainingChangesItAlone() throws Exception {
        Path base = base(Fixture.of("adapters/llama-all"));
        List<TrainingSequence> sequences = Fixture.of("adapters/llama-all").sequences();
        try (var whole = TrainablePolicy.load(base);
                var adapted = TrainablePolicy.withAdapter(base, LoraConfig.allLinear(2, 4), 7)) {
            List<LogProbs> before = whole.logprobs(sequences);
            assertThat(adapted.logprobs(sequences)).isEqualTo(before);

            double first = adapted.accumulate(sequences, Samples::meanNegativeLogProb);
            adapted.step(Samples.FAST);
            for (int i = 0; i < 10; i++) {
                adapted.accumulate(sequences, Samples::meanNegativeLogProb);
                adapted.step(Samples.FAST);
            }

            assertThat(adapted.accumulate(sequences, Samples::meanNegativeLogProb))
                    .isLessThan(first);
            assertThat(adapted.gradients().keySet()).allMatch(tensor -> tensor.contains(".lora_"));
            assertThat(adapted.trainedParameterCount()).isLessThan(adapted.parameterCount());
        }
    }

    @Test
    void resumesFromAdapterAndOptimizerToTheSameBits() throws Exception {
        Path base = base(Fixture.of("adapters/llama-all"));
        List<TrainingSequence> sequences = Fixture.of("adapters/llama-all").sequences();
        Path stopped = directory.resolve("stopped");
        Path optimizer = directory.resolve("optimizer.safetensors");
        try (var running = TrainablePolicy.withAdapter(base, LoraConfig.allLinear(2, 4), 7)) {
            train(running, sequences);
            running.save(stopped);
            running.saveOptimizer(optimizer);
            train(running, sequences);
            running.save(directory.resolve("running"));
        }
        try (var resumed = TrainablePolicy.loadAdapter(base, stopped)) {
            resumed.loadOptimizer(optimizer);
            train(resumed, sequences);
            resumed.save(directory.resolve("resumed"));
        }

        assertThat(directory.resolve("resumed/adapter_model.safetensors"))
                .hasSameBinaryContentAs(directory.resolve("running/adapter_model.safetensors"));
    }

    @Test
    void anUnloadedAdapterIsRefused() throws Exception {
        Fixture fixture = Fixture.of("adapters/llama-all");
        List<GenerationRequest> request = List.of(greedy(TokenIds.of(3), Optional.of("v1")));
        try (var policy = ServingPolicy.load(base(fixture))) {
            policy.loadAdapter("v1", fixture.directory());
            assertThatThrownBy(() -> policy.loadAdapter("v1", fixture.directory()))
                    .hasMessageContaining("'v1' is loaded already");
            assertThat(policy.unloadAdapter("v1")).isTrue();

            assertThatThrownBy(() -> policy.generate(request))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("no adapter 'v1' is loaded");
            assertThat(policy.unloadAdapter("v1")).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            peft_type | "IA3" | UNSUPPORTED | peft_type "IA3"
            bias | "all" | UNSUPPORTED | bias "all"
            use_dora | true | UNSUPPORTED | use_dora true
            modules_to_save | ["lm_head"] | UNSUPPORTED | modules_to_save ["lm_head"]
            rank_pattern | {"q_proj": 4} | UNSUPPORTED | rank_pattern
            init_lora_weights | "pissa_niter_4" | UNSUPPORTED | changes the base
            target_modules | ["lm_head"] | UNSUPPORTED | target_modules with "lm_head"
            target_modules | "q.*" | UNSUPPORTED | give a list of module names
            target_modules | [] | BAD_CONFIG | target_modules is empty
            target_modules | ["q_proj"] | UNEXPECTED_TENSOR | down_proj.lora_A.weight'
            r | 0 | BAD_CONFIG | r must be in
            r | 3 | SHAPE_MISMATCH | has shape [2, 8] where config.json calls for [3, 8]
            lora_alpha | "x" | BAD_CONFIG | a number 'lora_alpha'
            lora_alpha | -1 | BAD_CONFIG | lora_alpha must be above 0
            """)
    void refusesByName(String field, String value, Reason reason, String message) throws Exception {
        Fixture fixture = Fixture.of("adapters/llama-all");
        Path weights = fixture.directory().resolve("adapter_model.safetensors");
        Files.copy(weights, directory.resolve("adapter_model.safetensors"));
        ObjectNode config = Json.read(fixture.directory().resolve("adapter_config.json"), Reason.BAD_CONFIG);
        ObjectNode changed = Json.parse(("{\"v\": " + value + "}").getBytes(UTF_8), directory, Reason.BAD_CONFIG);
        config.set(field, changed.get("v"));
        Json.write(directory.resolve("adapter_config.json"), config);

        assertThatThrownBy(() -> TrainablePolicy.loadAdapter(base(fixture), directory))
                .isInstanceOfSatisfying(
                        CheckpointException.class, e -> assertThat(e.reason()).isEqualTo(reason))
                .hasMessageStartingWith(directory.toString())
                .hasMessageContaining(message);
    }

    private static void train(TrainablePolicy policy, List<TrainingSequence> sequences) {
        for (int i = 0; i < 3; i++) {
            policy.accumulate(sequences, Samples::meanNegativeLogProb);
            policy.step(Samples.FAST);
        }
    }

    private static GenerationRequest greedy(TokenIds prompt, Optional<String> adapter) {
        return new GenerationRequest(prompt, SamplingParams.greedy(12), 0, adapter);
    }

    private static Path base(Fixture adapter) throws Exception {
        return Fixture.of(adapter.reference().path("base").asText()).directory();
    }

    private static Map<String, FloatTensor> tensors(Path adapter) throws IOException {
        Map<String, FloatTensor> tensors = new TreeMap<>();
        try (TensorFile file = Safetensors.open(adapter.resolve("adapter_model.safetensors"))) {
            for (String name : file.names()) {
                tensors.put(name, file.floats(name));
            }
        }
        return tensors;
    }
}
