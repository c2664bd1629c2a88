package dev.troupe.agent.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.troupe.agent.decode.DecodeRequest;
import dev.troupe.agent.openai.OpenAiMetrics.AdapterOutcome;
import dev.troupe.agent.openai.OpenAiOptions.Api;
import dev.troupe.agent.openai.OpenAiOptions.Dialect;
import dev.troupe.agent.policy.Sampled;
import dev.troupe.policy.AdamWOptions;
import dev.troupe.policy.BpePieces;
import dev.troupe.policy.BpeTrainer;
import dev.troupe.policy.Completion;
import dev.troupe.policy.DecoderConfig;
import dev.troupe.policy.LogProbs;
import dev.troupe.policy.LoraConfig;
import dev.troupe.policy.TokenIds;
import dev.troupe.policy.TrainablePolicy;
import dev.troupe.policy.TrainingSequence;
import dev.troupe.schemas.avro.ModelVersion;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The agent's side against vLLM itself, with a tiny checkpoint and adapters that the trainer's code makes. What vLLM
 * says of its log-probs is compared with what the trainer computes. Skipped where vLLM is not installed.
 */
@NullUnmarked
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ThirdPartyServerIT {
    private static final String PYTHON = "TROUPE_TEST_VLLM";
    private static final Duration START = Duration.ofMinutes(3);
    private static final double TOLERANCE = 1e-4;

    private Path home;
    private Process process;
    private URI url;
    private Fleet fleet;

    @BeforeAll
    void serve(@TempDir Path directory) throws Exception {
        home = directory;
        String python = System.getenv(PYTHON);
        assumeTrue(
                python != null && !python.isBlank(),
                PYTHON + " names no Python that has vLLM; src/test/python/requirements-vllm.txt says how to get one");
        makeCheckpoint();
        int port;
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        url = URI.create("http://127.0.0.1:" + port + "/v1");
        Path log = home.resolve("vllm.log");
        process = new ProcessBuilder("src/test/python/serve_vllm.sh", python, base().toString(), String.valueOf(port))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        await().atMost(START)
                .pollInterval(Duration.ofMillis(500))
                .failFast(() -> assertThat(process.isAlive())
                        .as("vLLM ended: %s", Files.readString(log))
                        .isTrue())
                .until(this::answers);
    }

    private boolean answers() {
        try (var http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(URI.create(url + "/models")).build(), BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException _) {
            return false;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @AfterAll
    void stop() throws Exception {
        if (process != null) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @BeforeEach
    void connect() throws Exception {
        fleet = new Fleet(home.resolve("agent-" + System.nanoTime()), base(), List.of(url));
    }

    @AfterEach
    void disconnect() {
        fleet.close();
    }

    private Path base() {
        return home.resolve("checkpoint");
    }

    private Path adapter(int number) {
        return home.resolve("adapter-" + number);
    }

    private void makeCheckpoint() throws IOException {
        Files.createDirectories(base());
        int vocabulary = new BpeTrainer(280, BpePieces.WORDS).train(List.of("hello hello world"), base());
        var config = new DecoderConfig(
                vocabulary,
                64,
                128,
                2,
                2,
                1,
                32,
                1e-5,
                10_000,
                512,
                true,
                List.of(vocabulary - 1),
                OptionalInt.empty(),
                OptionalInt.of(vocabulary - 3));
        try (TrainablePolicy policy = TrainablePolicy.initialize(config, 7)) {
            policy.save(base());
        }
        for (int number = 1; number <= 3; number++) {
            try (var adapter = TrainablePolicy.withAdapter(base(), LoraConfig.allLinear(8, 16), number)) {
                train(adapter, number);
                adapter.save(Files.createDirectories(adapter(number)));
            }
        }
    }

    /** Large steps towards some tokens, others for each version. */
    private static void train(TrainablePolicy adapter, int number) {
        var sequence = TrainingSequence.of(TokenIds.of(10, 20, 30), TokenIds.of(number, 40 + number, 80 + number), 1);
        for (int step = 0; step < 5; step++) {
            double _ = adapter.accumulate(List.of(sequence), (tokens, gradients) -> {
                for (int token = 0; token < tokens.length(0); token++) {
                    gradients.byLogProb(0, token, -1);
                }
                return 0;
            });
            double _ = adapter.step(AdamWOptions.withLearningRate(0.05));
        }
    }

    @Test
    void givesTheBasesLogprobsAsATrainerComputesThem() throws Exception {
        for (Api api : Api.values()) {
            for (boolean stream : new boolean[] {true, false}) {
                fleet.activate(fleet.loader(fleet.options(api, Dialect.VLLM, stream)), fleet.version(0, base()));
                try (TrainablePolicy trainer = TrainablePolicy.load(base())) {
                    for (double temperature : new double[] {0, 0.7, 1, 1.5}) {
                        assertTrainersLogprobs(trainer, fleet.request(temperature, 24, 3, soon()), temperature);
                    }
                }
            }
        }
    }

    @Test
    void swapsAdaptersUnderTurnsAndGivesTheirLogprobs() throws Exception {
        OpenAiPolicyLoader loader = fleet.loader(fleet.options());
        for (int number = 1; number <= 3; number++) {
            List<CompletableFuture<Sampled>> running = new ArrayList<>();
            for (int seed = 0; number > 1 && seed < 12; seed++) {
                running.add(fleet.complete(fleet.request(seed)));
            }
            fleet.activate(loader, fleet.version(number, adapter(number)));
            for (CompletableFuture<Sampled> turn : running) {
                Sampled sampled = turn.get(60, TimeUnit.SECONDS);
                assertThat(sampled.lease().version()).isEqualTo(number - 1);
                sampled.lease().close();
            }
            try (TrainablePolicy trainer = TrainablePolicy.loadAdapter(base(), adapter(number))) {
                assertTrainersLogprobs(trainer, fleet.request(1, 24, number, soon()), 1);
                assertTrainersLogprobs(trainer, fleet.request(0.7, 24, number, soon()), 0.7);
            }
        }
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(count(AdapterOutcome.UNLOADED)).isEqualTo(2));
        assertThat(count(AdapterOutcome.RELOADED)).isZero();
    }

    @Test
    void givesBackAnAdapterThatTheServerHasLost() throws Exception {
        ModelVersion version = fleet.version(2, adapter(2));
        fleet.activate(fleet.loader(fleet.options()), version);
        var gone = HttpRequest.newBuilder(URI.create(url + "/unload_lora_adapter"))
                // uvicorn rejects a body that comes with an offer of HTTP/2.
                .version(HttpClient.Version.HTTP_1_1)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"lora_name\":\"%s\"}"
                        .formatted(LoraAdapter.of(version, "").name())))
                .build();
        try (var http = HttpClient.newHttpClient()) {
            assertThat(http.send(gone, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
        }
        try (TrainablePolicy trainer = TrainablePolicy.loadAdapter(base(), adapter(2))) {
            assertTrainersLogprobs(trainer, fleet.request(5), 1);
        }
        assertThat(count(AdapterOutcome.RELOADED)).isEqualTo(1);
    }

    private void assertTrainersLogprobs(TrainablePolicy trainer, DecodeRequest request, double temperature)
            throws Exception {
        Sampled sampled = fleet.complete(request).get(60, TimeUnit.SECONDS);
        sampled.lease().close();
        Completion completion = sampled.completion();
        LogProbs expected = trainer.logprobs(
                        List.of(TrainingSequence.of(request.generation().prompt(), completion.tokens(), temperature)))
                .getFirst();
        for (int i = 0; i < expected.size(); i++) {
            assertThat(completion.logprobs().get(i))
                    .as("token %d at temperature %s", i, temperature)
                    .isCloseTo(expected.get(i), offset((float) TOLERANCE));
        }
    }

    private static Instant soon() {
        return Instant.now().plusSeconds(60);
    }

    private double count(AdapterOutcome outcome) {
        return fleet.count(OpenAiMetrics.ADAPTERS, "outcome", outcome.name());
    }
}
