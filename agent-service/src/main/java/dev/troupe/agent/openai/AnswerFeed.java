package dev.troupe.agent.openai;

import java.net.http.HttpHeaders;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Hands what the HTTP client's threads receive to the one thread that waits for it, line by line. */
final class AnswerFeed implements BodyHandler<Void>, Flow.Subscriber<String> {
    /** Far above any completion with its log-probs. */
    private static final long MAX_BYTES = 64L << 20;

    /** What comes, in this order: a head, lines, an end; or it breaks off anywhere. */
    sealed interface Event {
        record Head(int status, HttpHeaders headers) implements Event {}

        record Line(String text) implements Event {}

        record End() implements Event {}

        record Broken(Throwable cause) implements Event {}
    }

    private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private volatile Flow.@Nullable Subscription subscription;

    @Override
    public BodySubscriber<Void> apply(ResponseInfo response) {
        events.add(new Event.Head(response.statusCode(), response.headers()));
        return BodySubscribers.limiting(BodySubscribers.fromLineSubscriber(this), MAX_BYTES);
    }

    @Override
    public void onSubscribe(Flow.Subscription begun) {
        subscription = begun;
        begun.request(1);
    }

    @Override
    public void onNext(String line) {
        events.add(new Event.Line(line));
    }

    @Override
    public void onError(Throwable cause) {
        broken(cause);
    }

    @Override
    public void onComplete() {
        events.add(new Event.End());
    }

    void broken(Throwable cause) {
        events.add(new Event.Broken(cause));
    }

    /** The next event; empty when none came in time. */
    Optional<Event> next(Duration atMost) throws InterruptedException {
        Event event = events.poll(atMost.toNanos(), TimeUnit.NANOSECONDS);
        Flow.Subscription begun = subscription;
        if (event instanceof Event.Line && begun != null) {
            begun.request(1);
        }
        return Optional.ofNullable(event);
    }
}
