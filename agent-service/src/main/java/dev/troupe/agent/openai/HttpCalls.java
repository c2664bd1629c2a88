package dev.troupe.agent.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.troupe.agent.openai.AnswerFeed.Event;
import dev.troupe.agent.openai.ServerException.Fault;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** HTTP exchanges that end in time, each on the thread that asks for it; an interrupt aborts the exchange. */
final class HttpCalls implements AutoCloseable {
    private static final int MAX_ERROR = 4096;

    private final HttpClient http;
    private final ApiKey key;
    private final InstantSource clock;
    private final ObjectMapper json = new ObjectMapper();

    HttpCalls(ApiKey key, Duration connect, InstantSource clock) {
        this.key = key;
        this.clock = clock;
        // HTTP/1.1: uvicorn rejects a body that comes with an offer of HTTP/2, and a connection that breaks takes one
        // completion with it.
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(connect)
                .build();
    }

    /**
     * How long an answer may take.
     *
     * @param firstByte until its body begins
     * @param between two lines of it
     * @param total for all of it
     */
    record Waits(Duration firstByte, Duration between, Duration total) {
        static Waits total(Duration total) {
            return new Waits(total, total, total);
        }
    }

    /** Takes the lines of an answer as they come. */
    @FunctionalInterface
    interface LineSink {
        void accept(String line) throws ServerException;
    }

    ObjectMapper json() {
        return json;
    }

    JsonNode get(URI url, Duration atMost) throws ServerException, InterruptedException {
        return parse(text(request(url).GET().build(), atMost));
    }

    /** The answer as text: vLLM confirms adapters in plain words. */
    String post(URI url, ObjectNode body, Duration atMost) throws ServerException, InterruptedException {
        return text(post(url, body), atMost);
    }

    private String text(HttpRequest request, Duration atMost) throws ServerException, InterruptedException {
        var text = new StringBuilder();
        exchange(request, Waits.total(atMost), line -> text.append(line).append('\n'));
        return text.toString();
    }

    void post(URI url, ObjectNode body, Waits waits, LineSink lines) throws ServerException, InterruptedException {
        exchange(post(url, body), waits, lines);
    }

    JsonNode parse(String text) throws ServerException {
        try {
            return json.readTree(text);
        } catch (IOException e) {
            throw new ServerException(Fault.UNREADABLE, "the answer is not JSON: " + brief(text), e);
        }
    }

    private HttpRequest.Builder request(URI url) {
        HttpRequest.Builder request = HttpRequest.newBuilder(url);
        if (!key.value().isEmpty()) {
            request.header("Authorization", "Bearer " + key.value());
        }
        return request;
    }

    private HttpRequest post(URI url, ObjectNode body) {
        return request(url)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(body.toString().getBytes(StandardCharsets.UTF_8)))
                .build();
    }

    private void exchange(HttpRequest request, Waits waits, LineSink lines)
            throws ServerException, InterruptedException {
        var feed = new AnswerFeed();
        CompletableFuture<HttpResponse<Void>> answer = http.sendAsync(request, feed);
        CompletableFuture<HttpResponse<Void>> _ = answer.whenComplete((_, error) -> {
            if (error != null) {
                feed.broken(error);
            }
        });
        try {
            read(feed, request.uri(), waits, lines);
        } finally {
            // Ends the exchange when it is not over, and closes its connection: the server stops sampling.
            answer.cancel(true);
        }
    }

    private void read(AnswerFeed feed, URI url, Waits waits, LineSink lines)
            throws ServerException, InterruptedException {
        long end = System.nanoTime() + waits.total().toNanos();
        long due = System.nanoTime() + waits.firstByte().toNanos();
        boolean flowing = false;
        Event.@Nullable Head head = null;
        var error = new StringBuilder();
        while (true) {
            long now = System.nanoTime();
            Optional<Event> next = feed.next(Duration.ofNanos(Math.max(0, Math.min(due, end) - now)));
            if (next.isEmpty()) {
                throw new ServerException(Fault.TIMED_OUT, url + late(waits, due < end, flowing));
            }
            switch (next.get()) {
                case Event.Head begins -> head = begins;
                case Event.Line(String line) -> {
                    flowing = true;
                    due = System.nanoTime() + waits.between().toNanos();
                    if (head != null && head.status() / 100 == 2) {
                        lines.accept(line);
                    } else if (error.length() < MAX_ERROR) {
                        error.append(line);
                    }
                }
                case Event.End() -> {
                    if (head != null && head.status() / 100 != 2) {
                        throw refusal(url, head, error.toString());
                    }
                    return;
                }
                case Event.Broken(Throwable cause) -> throw broken(url, cause);
            }
        }
    }

    private static String late(Waits waits, boolean stalled, boolean flowing) {
        if (!stalled) {
            return " did not complete its answer within " + waits.total();
        }
        return flowing
                ? " sent nothing for " + waits.between() + " in the middle of its answer"
                : " did not begin to answer within " + waits.firstByte();
    }

    private ServerException refusal(URI url, Event.Head head, String body) {
        Fault fault =
                switch (head.status()) {
                    case 401, 403 -> Fault.UNAUTHORIZED;
                    case 404 -> Fault.UNKNOWN_MODEL;
                    case 408 -> Fault.TIMED_OUT;
                    case 429 -> Fault.BUSY;
                    case 502, 503, 504 -> Fault.UNREACHABLE;
                    default -> head.status() >= 500 ? Fault.UNAVAILABLE : Fault.REJECTED;
                };
        return new ServerException(
                fault,
                "%s answered %d: %s".formatted(url, head.status(), message(body)),
                RetryAfter.of(head.headers(), clock));
    }

    /** What OpenAI, vLLM and FastAPI each call their message; a proxy's page as it is. */
    private String message(String body) {
        JsonNode node;
        try {
            node = json.readTree(body);
        } catch (IOException _) {
            return brief(body);
        }
        JsonNode message = node.path("error").path("message");
        for (String name : new String[] {"message", "detail", "error"}) {
            message = message.isMissingNode() ? node.path(name) : message;
        }
        return brief(message.isTextual() ? message.asText() : body);
    }

    private static String brief(String text) {
        return text.length() <= 500 ? text : text.substring(0, 500) + "...";
    }

    private static ServerException broken(URI url, Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        boolean unreachable = cause instanceof ConnectException
                || cause instanceof HttpConnectTimeoutException
                || cause instanceof UnresolvedAddressException;
        return new ServerException(
                unreachable ? Fault.UNREACHABLE : Fault.BROKEN_OFF,
                "%s: %s".formatted(url, cause.getMessage() == null ? cause.toString() : cause.getMessage()),
                cause);
    }

    @Override
    public void close() {
        http.shutdownNow();
        http.close();
    }
}
