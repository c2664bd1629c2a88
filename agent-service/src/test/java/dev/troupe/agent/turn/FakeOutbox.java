package dev.troupe.agent.turn;

import static java.util.Objects.requireNonNull;

import dev.troupe.runtime.kafka.Origin;
import dev.troupe.schemas.Topic;
import dev.troupe.schemas.avro.Action;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;

/** Keeps actions for the test; whatever is sent is safe at once. */
final class FakeOutbox implements Outbox {
    private final LinkedBlockingQueue<Action> actions = new LinkedBlockingQueue<>();

    /** The next action, which is waited for. */
    Action next() throws InterruptedException {
        return requireNonNull(actions.poll(5, TimeUnit.SECONDS), "no action came");
    }

    boolean isEmpty() {
        return actions.isEmpty();
    }

    @Override
    public <T extends SpecificRecord> CompletableFuture<Origin> send(Topic<T> topic, String key, T value) {
        if (value instanceof Action action) {
            actions.add(action);
        }
        return CompletableFuture.completedFuture(new Origin(topic.name(), 0, 0));
    }
}
