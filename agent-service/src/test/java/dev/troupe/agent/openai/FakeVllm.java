package dev.troupe.agent.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.troupe.policy.ChatTokenizer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/**
 * Behaves as vLLM 0.32 does on the routes that an agent uses: a base and adapters that are loaded by name, prefixes
 * cached by the name of the model, adapters beyond {@code --max-loras} pushed out without a word, answers and errors in
 * the same words. It records what it is asked, and misbehaves when it is told to.
 */
final class FakeVllm implements AutoCloseable {
    static final String BASE = "base";
    static final String COMPLETIONS = "/v1/completions";
    static final String CHAT = "/v1/chat/completions";
    static final String LOAD = "/v1/load_lora_adapter";
    static final String UNLOAD = "/v1/unload_lora_adapter";
    static final String MODELS = "/v1/models";

    record Call(String path, JsonNode body, String authorization) {}

    /** What happens in place of an answer, or to it. */
    sealed interface Behaviour {
        /** Answers as vLLM does. */
        record Normal() implements Behaviour {}

        record Status(int status, Map<String, String> headers, String message) implements Behaviour {
            Status(int status) {
                this(status, Map.of(), "told to");
            }
        }

        /** Takes the request and says nothing, until the client goes or the server stops. */
        record Hang() implements Behaviour {}

        /** Closes the connection without an answer. */
        record Drop() implements Behaviour {}

        /** Streams so many tokens and then nothing. */
        record StallAfter(int tokens) implements Behaviour {}

        /** Streams so many tokens and then closes the connection. */
        record BreakAfter(int tokens) implements Behaviour {}

        /** Changes each object of the answer. */
        record Tamper(UnaryOperator<ObjectNode> change) implements Behaviour {}
    }

    private final ObjectMapper json = new ObjectMapper();
    private final ChatTokenizer tokenizer;
    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private final Map<String, String> adapters = new ConcurrentHashMap<>();
    private final Map<String, String> prefixCache = new ConcurrentHashMap<>();
    private final Map<String, Deque<Behaviour>> next = new ConcurrentHashMap<>();
    private final Map<String, Behaviour> always = new ConcurrentHashMap<>();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    final AtomicInteger abandoned = new AtomicInteger();
    volatile boolean processedLogprobs = true;
    volatile boolean tokenIds = true;
    private volatile int port;
    private volatile HttpServer server;

    private FakeVllm(ChatTokenizer tokenizer) throws IOException {
        this.tokenizer = tokenizer;
        server = listen(0);
        port = server.getAddress().getPort();
    }

    static FakeVllm start(ChatTokenizer tokenizer) throws IOException {
        return new FakeVllm(tokenizer);
    }

    private HttpServer listen(int at) throws IOException {
        HttpServer listening = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), at), 0);
        listening.setExecutor(threads);
        listening.createContext("/", this::handle);
        listening.start();
        return listening;
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + port + "/v1");
    }

    List<Call> calls(String path) {
        return calls.stream().filter(call -> call.path().equals(path)).toList();
    }

    Map<String, String> adapters() {
        return Map.copyOf(adapters);
    }

    void next(String path, Behaviour... behaviours) {
        next.computeIfAbsent(path, _ -> new ArrayDeque<>()).addAll(List.of(behaviours));
    }

    void always(String path, Behaviour behaviour) {
        always.put(path, behaviour);
    }

    void behave() {
        always.clear();
    }

    /** What the process knew is gone; it is back at once. */
    void restart() {
        adapters.clear();
        prefixCache.clear();
    }

    void goDown() {
        server.stop(0);
    }

    void comeBack() throws IOException {
        restart();
        server = listen(port);
    }

    int vocabulary() {
        return tokenizer.size();
    }

    /** The model that answers to a name: with the weights under which its prefixes were cached. */
    FakeModel model(String name) {
        String weights = name.equals(BASE) ? BASE : adapters.get(name);
        return new FakeModel(prefixCache.computeIfAbsent(name, _ -> weights), tokenizer.size(), processedLogprobs);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            byte[] sent = exchange.getRequestBody().readAllBytes();
            JsonNode body = json.readTree(sent.length == 0 ? "{}".getBytes(StandardCharsets.UTF_8) : sent);
            calls.add(new Call(
                    path,
                    body,
                    Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"))
                            .orElse("")));
            Behaviour behaviour = behaviour(path);
            switch (behaviour) {
                case Behaviour.Status(int status, Map<String, String> headers, String message) -> {
                    headers.forEach(exchange.getResponseHeaders()::set);
                    error(exchange, status, "Error", message);
                }
                case Behaviour.Hang() -> hang();
                case Behaviour.Drop() -> {}
                default -> answer(exchange, path, body, behaviour);
            }
        }
    }

    private Behaviour behaviour(String path) {
        Deque<Behaviour> queue = next.get(path);
        Behaviour once = queue == null ? null : queue.poll();
        return once == null ? always.getOrDefault(path, new Behaviour.Normal()) : once;
    }

    private void hang() {
        try {
            stopped.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void answer(HttpExchange exchange, String path, JsonNode body, Behaviour behaviour) throws IOException {
        switch (path) {
            case MODELS -> send(exchange, 200, models().toString());
            case LOAD -> load(exchange, body);
            case UNLOAD -> unload(exchange, body);
            case COMPLETIONS, CHAT -> {
                String model = body.path("model").asText();
                if (!model.equals(BASE) && !adapters.containsKey(model)) {
                    error(exchange, 404, "NotFoundError", "The model `%s` does not exist.".formatted(model));
                    return;
                }
                new FakeAnswer(json, body, model(model), tokenizer, tokenIds).send(exchange, behaviour, this);
            }
            default -> send(exchange, 404, "{\"detail\":\"Not Found\"}");
        }
    }

    void abandoned() {
        abandoned.incrementAndGet();
    }

    CountDownLatch stopped() {
        return stopped;
    }

    private ObjectNode models() {
        ObjectNode list = json.createObjectNode().put("object", "list");
        var data = list.putArray("data");
        data.addObject().put("id", BASE).put("owned_by", "vllm").put("max_model_len", 128);
        adapters.forEach((name, path) ->
                data.addObject().put("id", name).put("root", path).put("parent", BASE));
        return list;
    }

    private void load(HttpExchange exchange, JsonNode body) throws IOException {
        String name = body.path("lora_name").asText();
        String path = body.path("lora_path").asText();
        if (adapters.containsKey(name) && !body.path("load_inplace").asBoolean()) {
            error(
                    exchange,
                    400,
                    "InvalidUserInput",
                    ("The lora adapter '%s' has already been loaded. If you want to load the adapter in place, set"
                                    + " 'load_inplace' to True.")
                            .formatted(name));
        } else if (!Files.exists(Path.of(path).resolve("adapter_config.json"))) {
            error(
                    exchange,
                    404,
                    "NotFoundError",
                    "Loading lora %s failed: No adapter found for <path>".formatted(name));
        } else {
            adapters.put(name, path);
            send(exchange, 200, "Success: LoRA adapter '%s' added successfully.".formatted(name));
        }
    }

    private void unload(HttpExchange exchange, JsonNode body) throws IOException {
        String name = body.path("lora_name").asText();
        if (adapters.remove(name) == null) {
            error(exchange, 404, "NotFoundError", "The lora adapter '%s' cannot be found.".formatted(name));
        } else {
            send(exchange, 200, "Success: LoRA adapter '%s' removed successfully.".formatted(name));
        }
    }

    private void error(HttpExchange exchange, int status, String type, String message) throws IOException {
        ObjectNode error = json.createObjectNode();
        error.putObject("error").put("message", message).put("type", type).put("code", status);
        send(exchange, status, error.toString());
    }

    private static void send(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        stopped.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
