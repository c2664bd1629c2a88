package dev.troupe.agent.openai;

import static dev.troupe.agent.policy.PolicyLoadException.Reason.ARTIFACT;
import static dev.troupe.agent.policy.PolicyLoadException.Reason.CHECKPOINT;
import static dev.troupe.agent.policy.PolicyLoadException.Reason.SERVERS;
import static dev.troupe.agent.policy.PolicyLoadException.Reason.UNREACHABLE;

import dev.troupe.agent.openai.OpenAiOptions.Adapters;
import dev.troupe.agent.openai.OpenAiOptions.Dialect;
import dev.troupe.agent.openai.ServerException.Fault;
import dev.troupe.agent.policy.FetchedVersion;
import dev.troupe.agent.policy.LoadedPolicy;
import dev.troupe.agent.policy.PolicyLoadException;
import dev.troupe.agent.policy.PolicyLoader;
import dev.troupe.policy.ChatTokenizer;
import dev.troupe.policy.DecoderConfig;
import dev.troupe.policy.LoraConfig;
import dev.troupe.runtime.artifact.ArtifactException;
import dev.troupe.runtime.artifact.ArtifactStore;
import dev.troupe.schemas.avro.ModelVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Has servers serve versions: adapters are loaded into all of them, and the base is what they serve. */
public final class OpenAiPolicyLoader implements PolicyLoader {
    private static final String ADAPTER_CONFIG = "adapter_config.json";

    private final OpenAiServers servers;
    private final OpenAiOptions options;
    private final ArtifactStore store;
    private final Path artifacts;

    /** @param artifacts root of the artifact store, as this process sees it */
    public OpenAiPolicyLoader(OpenAiServers servers, ArtifactStore store, Path artifacts) {
        this.servers = servers;
        this.options = servers.options();
        this.store = store;
        this.artifacts = artifacts.toAbsolutePath().normalize();
    }

    @Override
    public FetchedVersion fetch(ModelVersion version) throws PolicyLoadException {
        try {
            Path directory = store.fetch(version.getArtifactUri(), version.getFiles());
            return () -> load(version, directory);
        } catch (ArtifactException e) {
            throw PolicyLoadException.of(e);
        }
    }

    private LoadedPolicy load(ModelVersion version, Path directory) throws PolicyLoadException {
        Optional<LoraAdapter> adapter = adapter(version, directory);
        Path home = tokenizerDirectory(directory);
        ChatTokenizer tokenizer;
        ReplyCheck check;
        Optional<DecoderConfig> config;
        try {
            config = Files.exists(home.resolve("config.json"))
                    ? Optional.of(DecoderConfig.read(home.resolve("config.json")))
                    : Optional.empty();
            tokenizer = ChatTokenizer.load(home);
            check = check(home, tokenizer, config);
        } catch (IOException | RuntimeException e) {
            // Tokenizers report what they cannot take as unchecked exceptions.
            throw new PolicyLoadException(CHECKPOINT, String.valueOf(e.getMessage()), e);
        }
        try {
            return serve(adapter, tokenizer, check, config);
        } catch (PolicyLoadException | RuntimeException e) {
            tokenizer.close();
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            tokenizer.close();
            throw new PolicyLoadException(SERVERS, "the agent is stopping", e);
        }
    }

    private LoadedPolicy serve(
            Optional<LoraAdapter> adapter, ChatTokenizer tokenizer, ReplyCheck check, Optional<DecoderConfig> config)
            throws PolicyLoadException, InterruptedException {
        ServedModel model = adapter.map(ServedModel::adapted).orElseGet(() -> ServedModel.base(options.model()));
        List<Replica> replicas = servers.pool().all();
        if (adapter.isPresent()) {
            try {
                replicas = servers.fleet().load(adapter.get());
            } catch (ServerException e) {
                throw new PolicyLoadException(
                        e.fault() == Fault.UNREACHABLE ? UNREACHABLE : SERVERS, String.valueOf(e.getMessage()), e);
            }
        }
        try {
            OpenAiPolicy.Limits limits = new VersionProbe(servers).probe(replicas, model, tokenizer, check, config);
            return new OpenAiPolicy(servers, model, tokenizer, check, limits);
        } catch (PolicyLoadException | InterruptedException | RuntimeException e) {
            adapter.ifPresent(servers.fleet()::release);
            throw e;
        }
    }

    private Optional<LoraAdapter> adapter(ModelVersion version, Path directory) throws PolicyLoadException {
        if (!Files.exists(directory.resolve(ADAPTER_CONFIG))) {
            if (version.getVersion() != options.baseVersion()) {
                throw new PolicyLoadException(
                        CHECKPOINT,
                        ("version %d is a full checkpoint, which running servers cannot load: train adapters, or restart"
                                        + " the servers with %s and set agent.openai.base.version = %d")
                                .formatted(version.getVersion(), directory, version.getVersion()));
            }
            return Optional.empty();
        }
        if (options.adapters() == Adapters.NONE) {
            throw new PolicyLoadException(
                    CHECKPOINT, "it is an adapter and agent.openai.adapters is none: set it to vllm, with vLLM");
        }
        try {
            LoraConfig _ = LoraConfig.read(directory.resolve(ADAPTER_CONFIG));
        } catch (IOException | RuntimeException e) {
            throw new PolicyLoadException(CHECKPOINT, String.valueOf(e.getMessage()), e);
        }
        return Optional.of(LoraAdapter.of(version, seenByServers(directory)));
    }

    /** Servers may have the artifact store mounted elsewhere. */
    private String seenByServers(Path directory) throws PolicyLoadException {
        if (options.artifacts().isEmpty()) {
            return directory.toString();
        }
        if (!directory.startsWith(artifacts)) {
            throw new PolicyLoadException(
                    ARTIFACT,
                    "%s is not under artifacts.dir %s, so agent.openai.artifacts.dir does not say where servers see it"
                            .formatted(directory, artifacts));
        }
        return options.artifacts()
                .get()
                .resolve(artifacts.relativize(directory))
                .toString();
    }

    private Path tokenizerDirectory(Path directory) throws PolicyLoadException {
        if (Files.exists(directory.resolve("tokenizer.json"))) {
            return directory;
        }
        return options.tokenizer()
                .orElseThrow(() -> new PolicyLoadException(
                        CHECKPOINT,
                        directory
                                + " has no tokenizer.json; set agent.openai.tokenizer to the base model's directory"));
    }

    private ReplyCheck check(Path home, ChatTokenizer tokenizer, Optional<DecoderConfig> config) throws IOException {
        Set<Integer> eosIds = new HashSet<>(Set.of(tokenizer.eosId()));
        config.ifPresent(known -> eosIds.addAll(known.eosTokenIds()));
        return new ReplyCheck(
                eosIds,
                config.map(DecoderConfig::vocabSize).orElse(Integer.MAX_VALUE),
                options.dialect() == Dialect.OPENAI ? Optional.of(TokenBytes.read(home)) : Optional.empty());
    }
}
