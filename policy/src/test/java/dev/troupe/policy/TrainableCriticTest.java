package dev.troupe.policy;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A critic on a decoder of a few thousand weights. */
class TrainableCriticTest {
    private static final long SEED = 11;

    @TempDir
    Path directory;

    private final RandomGenerator random = new java.util.SplittableRandom(SEED);
    private final List<TokenIds> histories = IntStream.range(0, 6)
            .mapToObj(i -> TokenIds.of(random.ints(3 + 2 * i, 2, 40).toArray()))
            .toList();
    private final double[] targets = random.doubles(6, -1, 1).toArray();

    @BeforeEach
    void start() throws IOException {
        try (var policy = TrainablePolicy.initialize(Samples.TINY, 1)) {
            policy.save(directory);
        }
    }

    @Test
    void everythingIsWorthNothingAtFirst() throws IOException {
        try (var critic = TrainableCritic.load(directory)) {
            assertThat(critic.values(histories)).containsOnly(0);
            assertThat(critic.stepCount()).isZero();
        }
    }

    @Test
    void gradientsAreThoseOfFiniteDifferences() throws IOException {
        ValueLoss loss = ValueLoss.meanSquaredError(targets);
        trained(3);
        Map<String, FloatTensor> gradients;
        try (var critic = TrainableCritic.load(directory)) {
            critic.accumulate(histories, loss);
            gradients = critic.gradients();
        }
        assertThat(gradients).containsKeys("v_head.summary.weight", "v_head.summary.bias", "model.norm.weight");
        for (var entry : gradients.entrySet()) {
            int index = strongest(entry.getValue());
            double step = 2e-3;
            double slope = (lossWith(entry.getKey(), index, step, loss) - lossWith(entry.getKey(), index, -step, loss))
                    / (2 * step);
            float analytic = entry.getValue().get(index);
            assertThat((double) analytic)
                    .as("%s at %d, seed %d", entry.getKey(), index, SEED)
                    .isCloseTo(slope, within(0.02 * Math.abs(slope) + 1e-4));
        }
    }

    @Test
    void aHistorysValueIsThatOfItsLastToken() throws IOException {
        trained(2);
        try (var critic = TrainableCritic.load(directory)) {
            double[] together = critic.values(histories);
            for (int i = 0; i < together.length; i++) {
                assertThat(critic.values(List.of(histories.get(i)))[0]).isCloseTo(together[i], within(1e-5));
            }
            TokenIds longer = histories.getFirst().concat(TokenIds.of(7));
            assertThat(critic.values(List.of(longer))[0]).isNotEqualTo(together[0]);
        }
    }

    @Test
    void goesOnExactlyWhereItStopped() throws IOException {
        Path resumed = directory.resolve("resumed");
        try (var critic = TrainableCritic.load(directory)) {
            train(critic, 2);
            critic.save(resumed);
            critic.saveOptimizer(resumed.resolve("optimizer.safetensors"));
            int arrays = critic.managedArrays();
            train(critic, 3);
            assertThat(critic.managedArrays()).isEqualTo(arrays);
            try (var other = TrainableCritic.load(resumed)) {
                other.loadOptimizer(resumed.resolve("optimizer.safetensors"));
                assertThat(other.stepCount()).isEqualTo(2);
                train(other, 3);
                assertThat(other.values(histories)).isEqualTo(critic.values(histories));
                critic.save(directory.resolve("a"));
                other.save(directory.resolve("b"));
            }
        }
        for (String file : List.of("model.safetensors", TrainableCritic.HEAD_FILE, "config.json")) {
            assertThat(directory.resolve("a").resolve(file))
                    .hasSameBinaryContentAs(directory.resolve("b").resolve(file));
        }
    }

    @Test
    void learnsWhatHistoriesAreWorth() throws IOException {
        try (var critic = TrainableCritic.load(directory)) {
            double first = critic.accumulate(histories, ValueLoss.meanSquaredError(targets));
            critic.zeroGradients();
            assertThat(train(critic, 60)).isLessThan(0.1 * first);
        }
    }

    @Test
    void theHeadOverTheVocabularyStaysAsItCame() throws IOException {
        Path untied = directory.resolve("untied");
        Path saved = directory.resolve("saved");
        var config = new DecoderConfig(
                40,
                16,
                24,
                1,
                4,
                2,
                4,
                1e-5,
                10_000,
                96,
                false,
                List.of(1),
                OptionalInt.empty(),
                OptionalInt.of(0),
                Family.QWEN3,
                new RopeScaling.Plain());
        try (var policy = TrainablePolicy.initialize(config, 2)) {
            policy.save(untied);
        }
        try (var critic = TrainableCritic.load(untied)) {
            train(critic, 2);
            critic.save(saved);
        }
        try (TensorFile before = Safetensors.open(untied.resolve("model.safetensors"));
                TensorFile after = Safetensors.open(saved.resolve("model.safetensors"))) {
            assertThat(after.sameBytes("lm_head.weight", before, "lm_head.weight"))
                    .isTrue();
            assertThat(after.sameBytes("model.norm.weight", before, "model.norm.weight"))
                    .isFalse();
        }
    }

    @Test
    void refusesHistoriesThatItCannotRead() throws IOException {
        try (var critic = TrainableCritic.load(directory)) {
            assertThatThrownBy(() -> critic.values(List.of())).hasMessageContaining("no histories");
            assertThatThrownBy(() -> critic.values(List.of(TokenIds.of()))).hasMessageContaining("0 tokens");
            assertThatThrownBy(() -> critic.values(List.of(TokenIds.of(Samples.TINY.vocabSize()))))
                    .hasMessageContaining("up to id " + Samples.TINY.vocabSize());
            assertThatThrownBy(() -> critic.step(Samples.FAST)).isInstanceOf(IllegalStateException.class);
        }
    }

    private void trained(int steps) throws IOException {
        try (var critic = TrainableCritic.load(directory)) {
            train(critic, steps);
            critic.save(directory);
        }
    }

    private double train(TrainableCritic critic, int steps) {
        double loss = 0;
        for (int i = 0; i < steps; i++) {
            loss = critic.accumulate(histories, ValueLoss.meanSquaredError(targets));
            critic.step(Samples.FAST);
        }
        return loss;
    }

    private static int strongest(FloatTensor gradient) {
        return IntStream.range(0, gradient.size())
                .reduce(0, (a, b) -> Math.abs(gradient.get(b)) > Math.abs(gradient.get(a)) ? b : a);
    }

    /** The loss of a critic of which one number differs. */
    private double lossWith(String name, int index, double difference, ValueLoss loss) throws IOException {
        Path other = Files.createTempDirectory(directory, "moved");
        for (String file : List.of("config.json", "generation_config.json")) {
            Files.copy(directory.resolve(file), other.resolve(file));
        }
        for (String file : List.of("model.safetensors", TrainableCritic.HEAD_FILE)) {
            var tensors = new TreeMap<String, FloatTensor>();
            try (TensorFile found = Safetensors.open(directory.resolve(file))) {
                for (String tensor : found.names()) {
                    List<Long> shape = found.shape(tensor);
                    float[] values = new float[Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact))];
                    found.read(tensor, 0, values);
                    tensors.put(tensor, FloatTensor.owning(values, shape));
                }
            }
            if (tensors.containsKey(name)) {
                FloatTensor tensor = requireNonNull(tensors.get(name));
                float[] values = tensor.toArray();
                values[index] += (float) difference;
                tensors.put(name, FloatTensor.owning(values, tensor.shape()));
            }
            Safetensors.write(other.resolve(file), tensors, Map.of());
        }
        try (var critic = TrainableCritic.load(other)) {
            return critic.accumulate(histories, loss);
        }
    }
}
