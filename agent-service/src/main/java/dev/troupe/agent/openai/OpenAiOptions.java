package dev.troupe.agent.openai;

import static java.util.Objects.requireNonNull;

import dev.troupe.runtime.config.Settings;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Which servers sample, and how they are spoken to.
 *
 * @param baseUrls of the replicas, each with its {@code /v1} and without a slash at the end
 * @param model name of the base model at the servers
 * @param baseVersion version of every policy that the base model is
 * @param apiKey sent with each request
 * @param api which endpoint completes
 * @param dialect what may be said beyond OpenAI's own fields
 * @param adapters how versions come to the servers
 * @param maxLoras adapters that the servers hold at once; vLLM's {@code --max-loras}
 * @param tokenizer directory of the tokenizer, for versions that bring none
 * @param artifacts where the servers see the artifact store; empty where they see it at the same place
 * @param concurrency most requests at once to one replica
 * @param stream whether completions come piece by piece
 * @param exactLogprobs whether a turn is refused whose log-probs would not be those that a trainer computes
 * @param patience how long servers are waited for
 */
public record OpenAiOptions(
        List<URI> baseUrls,
        String model,
        int baseVersion,
        ApiKey apiKey,
        Api api,
        Dialect dialect,
        Adapters adapters,
        int maxLoras,
        Optional<Path> tokenizer,
        Optional<Path> artifacts,
        int concurrency,
        boolean stream,
        boolean exactLogprobs,
        PatienceOptions patience) {

    /** Which endpoint completes. */
    public enum Api {
        /** {@code /v1/completions} with the prompt's ids: what is sampled continues exactly what is recorded. */
        COMPLETIONS,
        /**
         * {@code /v1/chat/completions}: the server applies its own template, and its prompt is checked against ours.
         */
        CHAT
    }

    /** What may be said beyond OpenAI's own fields. */
    public enum Dialect {
        /** vLLM's extensions: token ids in the answer, {@code top_k}, {@code stop_token_ids}. */
        VLLM,
        /** Nothing: ids are found by the tokens' bytes, where only one id has them. */
        OPENAI
    }

    /** How versions come to the servers. */
    public enum Adapters {
        /** By {@code load_lora_adapter}. */
        VLLM,
        /** Not at all: the servers serve one version. */
        NONE
    }

    public OpenAiOptions {
        baseUrls = List.copyOf(baseUrls);
        requireNonNull(model, "model is null");
        requireNonNull(apiKey, "apiKey is null");
        requireNonNull(api, "api is null");
        requireNonNull(dialect, "dialect is null");
        requireNonNull(adapters, "adapters is null");
        requireNonNull(tokenizer, "tokenizer is null");
        requireNonNull(artifacts, "artifacts is null");
        requireNonNull(patience, "patience is null");
        if (maxLoras < 1 || concurrency < 1 || baseVersion < 0) {
            throw new IllegalArgumentException(
                    "maxLoras %d and concurrency %d must be positive, baseVersion %d not less"
                            .formatted(maxLoras, concurrency, baseVersion));
        }
    }

    /**
     * Reads {@code agent.openai.*}; problems are reported by {@link Settings#check()}.
     *
     * @param used whether this agent samples from servers; what is missing is a problem only then
     * @param otherVersions kept beside the active ones, {@code agent.pinned.versions}
     */
    public static OpenAiOptions of(Settings settings, boolean used, int otherVersions) {
        Dialect dialect = choice(settings, "agent.openai.dialect", Dialect.VLLM);
        Adapters adapters =
                choice(settings, "agent.openai.adapters", dialect == Dialect.VLLM ? Adapters.VLLM : Adapters.NONE);
        if (adapters == Adapters.VLLM && dialect != Dialect.VLLM) {
            settings.problem("agent.openai.adapters", "is vllm, so agent.openai.dialect must be vllm as well");
        }
        int maxLoras = settings.integer("agent.openai.max.loras", otherVersions + 2, 1, 1 << 16);
        if (used && adapters == Adapters.VLLM && maxLoras < otherVersions + 2) {
            settings.problem(
                    "agent.openai.max.loras",
                    ("%d is too few: the active version, the one before it and agent.pinned.versions (%d) are held at "
                                    + "once; start the servers with --max-loras %d or lower agent.pinned.versions")
                            .formatted(maxLoras, otherVersions, otherVersions + 2));
        }
        return new OpenAiOptions(
                baseUrls(settings, used),
                model(settings, used),
                settings.integer("agent.openai.base.version", 0, 0, Integer.MAX_VALUE),
                new ApiKey(settings.text("agent.openai.api.key", "").strip()),
                choice(settings, "agent.openai.api", Api.COMPLETIONS),
                dialect,
                adapters,
                maxLoras,
                directory(settings, "agent.openai.tokenizer"),
                directory(settings, "agent.openai.artifacts.dir"),
                settings.integer("agent.openai.concurrency", 64, 1, 1 << 16),
                settings.flag("agent.openai.stream", true),
                settings.flag("agent.openai.exact.logprobs", true),
                PatienceOptions.of(settings));
    }

    private static String model(Settings settings, boolean used) {
        String model = settings.text("agent.openai.model", "").strip();
        if (used && model.isEmpty()) {
            settings.problem(
                    "agent.openai.model", "is missing: name the base model as the servers do, see GET /v1/models");
        }
        return model;
    }

    private static List<URI> baseUrls(Settings settings, boolean used) {
        String key = "agent.openai.base.urls";
        List<URI> urls = new ArrayList<>();
        List<String> given = settings.list(key, List.of());
        for (String text : given) {
            Optional<URI> url = baseUrl(text);
            url.ifPresentOrElse(
                    urls::add,
                    () -> settings.problem(key, "'%s' is not an address like http://host:8000/v1".formatted(text)));
        }
        if (used && given.isEmpty()) {
            settings.problem(key, "names no server: list the replicas, as in http://host:8000/v1,http://other:8000/v1");
        }
        if (new HashSet<>(urls).size() < urls.size()) {
            settings.problem(key, "names a server twice");
        }
        return urls;
    }

    private static Optional<URI> baseUrl(String text) {
        URI url;
        try {
            url = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
        boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
        boolean plain = url.getHost() != null && url.getQuery() == null && url.getUserInfo() == null;
        return http && plain ? Optional.of(url) : Optional.empty();
    }

    private static Optional<Path> directory(Settings settings, String key) {
        String text = settings.text(key, "").strip();
        return text.isEmpty() ? Optional.empty() : Optional.of(Path.of(text));
    }

    private static <E extends Enum<E>> E choice(Settings settings, String key, E defaultValue) {
        String text =
                settings.text(key, defaultValue.name().toLowerCase(Locale.ROOT)).strip();
        for (E value : defaultValue.getDeclaringClass().getEnumConstants()) {
            if (value.name().toLowerCase(Locale.ROOT).equals(text)) {
                return value;
            }
        }
        settings.problem(key, "'%s' is none of %s".formatted(text, names(defaultValue)));
        return defaultValue;
    }

    private static <E extends Enum<E>> String names(E value) {
        var names = new ArrayList<String>();
        for (E each : value.getDeclaringClass().getEnumConstants()) {
            names.add(each.name().toLowerCase(Locale.ROOT));
        }
        return String.join(", ", names);
    }
}
