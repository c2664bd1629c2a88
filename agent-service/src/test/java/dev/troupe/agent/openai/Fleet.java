package dev.troupe.agent.openai;

import dev.troupe.agent.decode.DecodeRequest;
import dev.troupe.agent.openai.OpenAiOptions.Adapters;
import dev.troupe.agent.openai.OpenAiOptions.Api;
import dev.troupe.agent.openai.OpenAiOptions.Dialect;
import dev.troupe.agent.policy.LoadedPolicy;
import dev.troupe.agent.policy.PolicyLease;
import dev.troupe.agent.policy.PolicyLoadException;
import dev.troupe.agent.policy.PolicyRegistry;
import dev.troupe.agent.policy.Sampled;
import dev.troupe.policy.BpePieces;
import dev.troupe.policy.BpeTrainer;
import dev.troupe.policy.ChatMessage;
import dev.troupe.policy.ChatTokenizer;
import dev.troupe.policy.GenerationRequest;
import dev.troupe.policy.SamplingParams;
import dev.troupe.runtime.artifact.Artifact;
import dev.troupe.runtime.artifact.ArtifactStore;
import dev.troupe.runtime.artifact.FileArtifacts;
import dev.troupe.schemas.avro.ModelVersion;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Fake servers, and an agent's side of them. */
final class Fleet implements AutoCloseable {
    static final String POLICY = "team-solver";
    static final List<ChatMessage> CHAT = List.of(ChatMessage.user("hello world"));
    static final PatienceOptions QUICK = new PatienceOptions(
            Duration.ofSeconds(2),
            Duration.ofSeconds(5),
            Duration.ofMillis(500),
            Duration.ofMillis(300),
            Duration.ofMillis(700),
            3,
            Duration.ofMillis(10),
            Duration.ofMillis(200));

    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final PolicyRegistry registry = new PolicyRegistry(0);
    final List<FakeVllm> fakes = new ArrayList<>();
    final ChatTokenizer tokenizer;
    private final Path home;
    private final Path base;
    private final List<URI> urls;
    private final PatienceOptions patience;
    private final ArtifactStore store;
    private Optional<OpenAiServers> servers = Optional.empty();

    /** Fake servers, and a tokenizer. */
    Fleet(Path home, int replicas) throws IOException {
        this.home = home;
        this.base = Files.createDirectories(home.resolve("base"));
        int _ = new BpeTrainer(280, BpePieces.WORDS).train(List.of("hello hello world"), base);
        tokenizer = ChatTokenizer.load(base);
        store = new FileArtifacts(home.resolve("artifacts"));
        for (int i = 0; i < replicas; i++) {
            fakes.add(FakeVllm.start(tokenizer));
        }
        urls = fakes.stream().map(FakeVllm::url).toList();
        patience = QUICK;
    }

    /** Servers that are somewhere. */
    Fleet(Path home, Path base, List<URI> urls) throws IOException {
        this.home = home;
        this.base = base;
        this.urls = urls;
        tokenizer = ChatTokenizer.load(base);
        store = new FileArtifacts(home.resolve("artifacts"));
        patience = PatienceOptions.DEFAULT;
    }

    /** Directory of the tokenizer, and of the checkpoint if there is one. */
    Path base() {
        return base;
    }

    FakeVllm fake(int index) {
        return fakes.get(index);
    }

    OpenAiOptions options() {
        return new OpenAiOptions(
                urls,
                FakeVllm.BASE,
                0,
                new ApiKey("secret"),
                Api.COMPLETIONS,
                Dialect.VLLM,
                Adapters.VLLM,
                3,
                Optional.of(base),
                Optional.empty(),
                8,
                true,
                true,
                patience);
    }

    /** The same with another way to speak. */
    OpenAiOptions options(Api api, Dialect dialect, boolean stream) {
        OpenAiOptions same = options();
        return new OpenAiOptions(
                same.baseUrls(),
                same.model(),
                0,
                same.apiKey(),
                api,
                dialect,
                dialect == Dialect.VLLM ? Adapters.VLLM : Adapters.NONE,
                same.maxLoras(),
                same.tokenizer(),
                same.artifacts(),
                same.concurrency(),
                stream,
                same.exactLogprobs(),
                same.patience());
    }

    OpenAiPolicyLoader loader(OpenAiOptions options) {
        servers.ifPresent(OpenAiServers::close);
        var sampling = new OpenAiServers(options, meters, InstantSource.system());
        servers = Optional.of(sampling);
        return new OpenAiPolicyLoader(sampling, store, home.resolve("artifacts"));
    }

    ModelVersion base(int number) throws Exception {
        return version(number, base);
    }

    /** A PEFT directory, as far as a server that reads no weights can tell. */
    ModelVersion adapter(int number) throws Exception {
        Path directory = Files.createDirectories(home.resolve("adapter-" + number));
        Files.writeString(directory.resolve("adapter_config.json"), """
                {"peft_type":"LORA","task_type":"CAUSAL_LM","base_model_name_or_path":"base","r":8,"lora_alpha":16,
                 "lora_dropout":0.0,"bias":"none","target_modules":["q_proj","v_proj"],"inference_mode":true}
                """);
        Files.writeString(directory.resolve("adapter_model.safetensors"), "weights of version " + number);
        return version(number, directory);
    }

    ModelVersion version(int number, Path directory) throws Exception {
        Artifact artifact = store.publish(directory, POLICY);
        return ModelVersion.newBuilder()
                .setPolicyId(POLICY)
                .setVersion(number)
                .setTeamId("team")
                .setArtifactUri(artifact.uri())
                .setFiles(artifact.files())
                .setTrainingStep(number)
                .setCreatedAt(0)
                .build();
    }

    static String path(ModelVersion version) {
        return Path.of(URI.create(version.getArtifactUri())).toString();
    }

    /** Loads and activates. */
    void activate(OpenAiPolicyLoader loader, ModelVersion version) throws PolicyLoadException {
        LoadedPolicy policy = loader.load(version);
        registry.activate(version, policy);
    }

    DecodeRequest request(double temperature, int tokens, long seed, Instant deadline) {
        var generation =
                new GenerationRequest(tokenizer.encodeChat(CHAT), new SamplingParams(temperature, 1, 0, tokens), seed);
        return new DecodeRequest(generation, CHAT, "newest/solver", deadline);
    }

    DecodeRequest request(long seed) {
        return request(1, 12, seed, Instant.now().plusSeconds(20));
    }

    CompletableFuture<Sampled> complete(DecodeRequest request) {
        PolicyLease lease = registry.lease(POLICY).orElseThrow();
        return lease.policy().complete(lease, request);
    }

    double count(String meter, String... tags) {
        return meters.find(meter).tags(tags).counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    /** Another agent, at the same servers. */
    static final class Other implements AutoCloseable {
        private final OpenAiServers servers;
        private final OpenAiPolicyLoader loader;

        Other(Fleet fleet) {
            servers = new OpenAiServers(fleet.options(), fleet.meters, InstantSource.system());
            loader = new OpenAiPolicyLoader(servers, fleet.store, fleet.home.resolve("artifacts"));
        }

        OpenAiPolicyLoader loader() {
            return loader;
        }

        @Override
        public void close() {
            servers.close();
        }
    }

    @Override
    public void close() {
        registry.close();
        servers.ifPresent(OpenAiServers::close);
        fakes.forEach(FakeVllm::close);
        tokenizer.close();
    }
}
