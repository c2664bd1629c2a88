package dev.troupe.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.troupe.local.LocalModeException.Reason;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A schema registry in this process with Confluent's REST API, listening on 127.0.0.1 only, for Avro schemas without
 * references. It keeps its state in the topic {@code _schemas} in Confluent's layout; parsing, canonical form and
 * compatibility are Confluent's own classes. Deletion and modes are not offered. One registry per broker.
 */
public final class LocalRegistry implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(LocalRegistry.class);
    private static final String MEDIA_TYPE = "application/vnd.schemaregistry.v1+json";
    private static final int MAX_BODY_BYTES = 4 << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Subjects subjects;
    private final RegistryRoutes routes;
    private final HttpServer server;
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicBoolean closed = new AtomicBoolean();

    private LocalRegistry(Subjects subjects, HttpServer server) {
        this.subjects = subjects;
        this.routes = new RegistryRoutes(subjects);
        this.server = server;
        server.createContext("/", this::handle);
        server.setExecutor(workers);
        server.start();
    }

    /**
     * Reads the state from the topic and starts to serve.
     *
     * @param bootstrapServers a broker that is up
     * @param port the port on 127.0.0.1; 0 takes a free one below 32768
     * @throws LocalModeException when the port is in use or the broker does not answer
     */
    public static LocalRegistry start(String bootstrapServers, int port) {
        int chosen = port == 0 ? Ports.free(new SplittableRandom()) : port;
        HttpServer server = bind(chosen);
        LocalRegistry registry;
        try {
            registry = new LocalRegistry(new Subjects(bootstrapServers), server);
        } catch (KafkaException | TimeoutException e) {
            server.stop(0);
            throw new LocalModeException(
                    Reason.REGISTRY_FAILED,
                    "the schema registry cannot read its topic from %s: %s".formatted(bootstrapServers, e.getMessage()),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            server.stop(0);
            throw new LocalModeException(Reason.REGISTRY_FAILED, "interrupted while the registry started", e);
        }
        LOGGER.atInfo().addKeyValue("url", registry.url()).log("schema registry started");
        return registry;
    }

    private static HttpServer bind(int port) {
        Ports.requireFree("schema registry", port);
        try {
            return HttpServer.create(new InetSocketAddress(Ports.loopback(), port), 0);
        } catch (BindException e) {
            throw Ports.inUse("schema registry", port, e);
        } catch (IOException e) {
            throw new LocalModeException(
                    Reason.REGISTRY_FAILED, "the schema registry cannot listen on port %d: %s".formatted(port, e), e);
        }
    }

    /** The value for {@code schema.registry.url}. */
    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Stops serving; what was registered stays in the topic. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            server.stop(0);
            workers.shutdownNow();
            subjects.close();
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY_BYTES + 1);
            try {
                if (body.length > MAX_BODY_BYTES) {
                    throw RegistryError.tooLarge(MAX_BODY_BYTES);
                }
                var uri = exchange.getRequestURI();
                Object answer = routes.answer(
                        exchange.getRequestMethod(),
                        segments(uri.getRawPath()),
                        query(uri.getRawQuery()),
                        new String(body, UTF_8));
                send(exchange, 200, answer);
            } catch (RegistryError e) {
                send(exchange, e.status(), Map.of("error_code", e.code(), "message", String.valueOf(e.getMessage())));
            } catch (RuntimeException e) {
                LOGGER.atError().setCause(e).log("a registry request failed");
                send(exchange, 500, Map.of("error_code", 50001, "message", e.toString()));
            }
        }
    }

    private static void send(HttpExchange exchange, int status, Object answer) throws IOException {
        byte[] body = JSON.writeValueAsBytes(answer);
        exchange.getResponseHeaders().set("Content-Type", MEDIA_TYPE);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    private static List<String> segments(String rawPath) throws RegistryError {
        var segments = Arrays.stream(rawPath.split("/")).filter(segment -> !segment.isEmpty());
        try {
            // In a path a plus is a plus; the decoder is made for forms.
            return segments.map(segment -> URLDecoder.decode(segment.replace("+", "%2B"), UTF_8))
                    .toList();
        } catch (IllegalArgumentException e) {
            throw RegistryError.badRequest("The path is malformed: " + e.getMessage());
        }
    }

    private static Map<String, String> query(@Nullable String rawQuery) throws RegistryError {
        var query = new HashMap<String, String>();
        if (rawQuery != null) {
            for (String pair : rawQuery.split("&")) {
                String[] parts = pair.split("=", 2);
                try {
                    query.put(
                            URLDecoder.decode(parts[0], UTF_8),
                            parts.length == 2 ? URLDecoder.decode(parts[1], UTF_8) : "");
                } catch (IllegalArgumentException e) {
                    throw RegistryError.badRequest("The query is malformed: " + e.getMessage());
                }
            }
        }
        return query;
    }
}
