package dev.troupe.cli.bench.swap;

import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.Origin;
import dev.troupe.runtime.kafka.TopicReader;
import dev.troupe.runtime.kafka.TopicWriter;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.ChatMessage;
import dev.troupe.schemas.avro.FinishReason;
import dev.troupe.schemas.avro.Sampling;
import dev.troupe.schemas.avro.Turn;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** Keeps so many turns in the queue or being played, and keeps account of what became of each. */
final class Saturation implements AutoCloseable {

    /** As in groups: so many turns continue one prompt. */
    private static final int SIBLINGS = 8;

    private static final Duration DEADLINE = Duration.ofHours(2);

    private final String policyId;
    private final int window;
    private final int maxTokens;
    private final TopicWriter writer;
    private final TopicReader<Action> actions;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // guarded by lock
    private final Set<Long> open = new HashSet<>();
    // guarded by lock
    private boolean feeding = true;
    // guarded by lock
    private long sent;
    // guarded by lock
    private long played;
    // guarded by lock
    private long refused;
    // guarded by lock
    private long repeated;
    // guarded by lock
    private long tokens;
    // guarded by lock
    private long severalVersions;
    // guarded by lock
    private int newestPlayed = -1;

    /**
     * @param window turns under way
     * @param maxTokens of the longest completions; the shortest have a quarter
     */
    Saturation(KafkaClients clients, String policyId, int window, int maxTokens) {
        this.policyId = policyId;
        this.window = window;
        this.maxTokens = maxTokens;
        this.writer = new TopicWriter(clients, "bench-load");
        this.actions = new TopicReader<>(clients, "bench-load", TopicCatalog.ACTIONS, record -> on(record.value()));
    }

    /**
     * What became of the turns.
     *
     * @param refused answered with a reason instead of a completion
     * @param repeated actions beside the first of a turn
     * @param unanswered turns without an action
     * @param tokens of all completions
     * @param severalVersions completions that more than one version drew
     */
    record Account(
            long sent, long played, long refused, long repeated, long unanswered, long tokens, long severalVersions) {}

    void start() {
        actions.start();
        lock.lock();
        try {
            feed();
        } finally {
            lock.unlock();
        }
    }

    /** Called under the lock. */
    private void feed() {
        while (feeding && open.size() < window) {
            open.add(sent);
            // A turn that is lost is never answered, and counted as such.
            CompletableFuture<Origin> _ = writer.send(TopicCatalog.TURNS, taskId(sent), turn(sent));
            sent++;
        }
    }

    private static String taskId(long number) {
        return "bench-" + number / SIBLINGS;
    }

    private Turn turn(long number) {
        long group = number / SIBLINGS;
        int length = Math.max(1, (int) (maxTokens / 4 + (number * 7919) % Math.max(1, maxTokens * 3L / 4)));
        return Turn.newBuilder()
                .setTaskId(taskId(number))
                .setEpisode((int) (number % SIBLINGS))
                .setTurn(0)
                .setRole("main")
                .setPrompt(List.of(new ChatMessage(
                        "user", "Task " + group + ": keep the even numbers, square each, and return the sum.")))
                .setRoles(List.of())
                .setPolicyId(policyId)
                .setSampling(new Sampling(1.0, 1.0, 0, length))
                .setSeed(number)
                .setDeadlineAt(System.currentTimeMillis() + DEADLINE.toMillis())
                .build();
    }

    private void on(Action action) {
        long number = Long.parseLong(action.getTaskId().substring("bench-".length())) * SIBLINGS + action.getEpisode();
        lock.lock();
        try {
            if (!open.remove(number)) {
                repeated++;
            } else if (action.getFinishReason() == FinishReason.REFUSED) {
                refused++;
            } else {
                played++;
                tokens += action.getTokenIds().size();
                severalVersions += action.getVersions().size() > 1 ? 1 : 0;
                newestPlayed =
                        Math.max(newestPlayed, action.getVersions().getLast().getVersion());
            }
            feed();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a completion whose last token this version drew, or a newer one. */
    void awaitPlayedBy(int version, Duration atMost) throws IOException, InterruptedException {
        await(() -> newestPlayed >= version, "a completion of version " + version, atMost);
    }

    /** Waits for so many more completions. */
    void awaitPlayed(long more, Duration atMost) throws IOException, InterruptedException {
        long target = account().played() + more;
        await(() -> played >= target, more + " more completions", atMost);
    }

    /** Sends no more turns, and waits for those under way for as long as some are answered. */
    Account finish(Duration atMost) throws InterruptedException {
        lock.lock();
        try {
            feeding = false;
            long left = atMost.toNanos();
            while (!open.isEmpty() && left > 0) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
        return account();
    }

    Account account() {
        lock.lock();
        try {
            return new Account(sent, played, refused, repeated, open.size(), tokens, severalVersions);
        } finally {
            lock.unlock();
        }
    }

    private void await(BooleanSupplier holds, String what, Duration atMost) throws IOException, InterruptedException {
        long left = atMost.toNanos();
        lock.lock();
        try {
            while (!holds.getAsBoolean()) {
                if (left <= 0) {
                    throw new IOException("%s did not come within %d s: the log says why"
                            .formatted(what, TimeUnit.NANOSECONDS.toSeconds(atMost.toNanos())));
                }
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        actions.close();
        writer.close();
    }
}
