package dev.troupe.runtime.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.troupe.runtime.lifecycle.Service;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /metrics} in Prometheus' text format, and {@code /health/live}, {@code /health/ready}, {@code /health/started}
 * as Kubernetes asks them: 200 or 503, with each service's own answer as JSON. Also measures the JVM itself.
 */
public final class ManagementServer implements Service {

    private static final Logger LOGGER = LoggerFactory.getLogger(ManagementServer.class);
    private static final String JSON = "application/json; charset=utf-8";
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final int port;
    private final String host;
    private final PrometheusMeterRegistry meters;
    private final List<Service> services;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final JvmGcMetrics garbageCollection = new JvmGcMetrics();
    private volatile boolean everReady;
    private volatile @Nullable HttpServer server;

    /**
     * @param port 0 takes a free one
     * @param host an address of this machine; loopback unless the metrics are to be scraped from elsewhere
     * @param services whose health is told, not started or closed by this
     */
    public ManagementServer(int port, String host, PrometheusMeterRegistry meters, List<? extends Service> services) {
        this.port = port;
        this.host = requireNonNull(host, "host is null");
        this.meters = meters;
        this.services = List.copyOf(services);
    }

    @Override
    public String name() {
        return "management";
    }

    @Override
    public void start() {
        try {
            HttpServer http = HttpServer.create(new InetSocketAddress(host, port), 0);
            http.createContext("/metrics", get("/metrics", this::metrics));
            health(http, "/health/live", Service::live);
            health(http, "/health/ready", Service::ready);
            health(http, "/health/started", service -> everReady || service.ready());
            http.createContext("/", exchange -> answer(exchange, 404, JSON, "{\"error\":\"no such page\"}"));
            http.setExecutor(threads);
            http.start();
            server = http;
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalStateException(
                    "cannot listen on %s:%d for metrics and health: %s; choose another management.port"
                            .formatted(host, port, e.getMessage()),
                    e);
        }
        new JvmMemoryMetrics().bindTo(meters);
        new JvmThreadMetrics().bindTo(meters);
        new ProcessorMetrics().bindTo(meters);
        new UptimeMetrics().bindTo(meters);
        garbageCollection.bindTo(meters);
        LOGGER.atInfo().addKeyValue("address", host + ":" + port()).log("metrics and health are served");
    }

    /** The port it listens on. */
    public int port() {
        HttpServer http = server;
        if (http == null) {
            throw new IllegalStateException("the server is not started");
        }
        return http.getAddress().getPort();
    }

    @Override
    public void close() {
        HttpServer http = server;
        if (http != null) {
            http.stop(0);
        }
        threads.shutdownNow();
        garbageCollection.close();
    }

    @Override
    public boolean live() {
        return server != null;
    }

    @Override
    public boolean ready() {
        return server != null;
    }

    private void health(HttpServer http, String path, Predicate<Service> question) {
        http.createContext(path, get(path, exchange -> {
            Map<String, Boolean> answers = new LinkedHashMap<>();
            services.forEach(service -> answers.put(service.name(), question.test(service)));
            boolean all = !answers.containsValue(false);
            // Once everything was ready, it has started; it may be unready again and still has.
            everReady |= all && !path.endsWith("/live");
            var body = Map.of("status", all ? "UP" : "DOWN", "services", answers);
            answer(exchange, all ? 200 : 503, JSON, MAPPER.writeValueAsString(body));
        }));
    }

    private void metrics(HttpExchange exchange) throws IOException {
        answer(exchange, 200, PROMETHEUS, meters.scrape());
    }

    /** The JDK's server matches prefixes and any method; this wants the very path and GET or HEAD. */
    private static HttpHandler get(String path, HttpHandler handler) {
        return exchange -> {
            String method = exchange.getRequestMethod();
            if (!exchange.getRequestURI().getPath().equals(path)) {
                answer(exchange, 404, JSON, "{\"error\":\"no such page\"}");
            } else if (!method.equals("GET") && !method.equals("HEAD")) {
                answer(exchange, 405, JSON, "{\"error\":\"only GET\"}");
            } else {
                answerOrFail(exchange, handler);
            }
        };
    }

    private static void answerOrFail(HttpExchange exchange, HttpHandler handler) throws IOException {
        try {
            handler.handle(exchange);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (RuntimeException e) {
            LOGGER.atError().setCause(e).log("a management request failed");
            answer(exchange, 500, JSON, "{\"error\":\"see the log\"}");
        }
    }

    private static void answer(HttpExchange exchange, int status, String type, String body) throws IOException {
        byte[] bytes = body.getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        try (exchange) {
            if (exchange.getRequestMethod().equals("HEAD")) {
                exchange.sendResponseHeaders(status, -1);
            } else {
                exchange.sendResponseHeaders(status, bytes.length);
                exchange.getResponseBody().write(bytes);
            }
        }
    }
}
