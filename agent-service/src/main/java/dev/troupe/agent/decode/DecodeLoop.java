package dev.troupe.agent.decode;

import dev.troupe.policy.ServingPolicy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One decoding thread. All sequences of a version run in one batch, which those that come join between two steps;
 * batches of several versions take turns. What is swapped, admitted or cancelled is so between two steps.
 */
final class DecodeLoop implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(DecodeLoop.class);
    private static final Duration IDLE = Duration.ofMillis(500);
    private static final Duration CLOSE = Duration.ofSeconds(10);

    /** Joining copies the cache of those that run: a few wait for others, but not for longer than this. */
    private static final int MAX_STEPS_WAITED = 8;

    /**
     * Tokens that are read anew between two steps when sequences are carried over, for each that runs: reading takes
     * less than half as long for a token as drawing does, and joining copies the cache besides, so decoding pauses for
     * about a step at a time, and not until all are carried over.
     */
    private static final double TOKENS_CARRIED = 1.5;

    private final DecodeOptions options;
    private final DecodeMetrics metrics;
    private final InstantSource clock;
    private final LinkedBlockingQueue<Sequence> submitted = new LinkedBlockingQueue<>();
    /** Tokens of all that is submitted and not done. */
    private final AtomicLong load = new AtomicLong();

    private final FairQueue<Sequence> waiting = new FairQueue<>(Sequence::tokens);
    private final Map<ServingPolicy, Lane> lanes = new LinkedHashMap<>();
    private final Thread thread;
    private volatile boolean closing;
    /** Something was left for the next time that could not be read at once: it need not wait for others. */
    private boolean leftUnread;
    /** Since the last step a version began beside others that run, or took over what ran. */
    private boolean swapped;

    private long lastStepEnd;

    DecodeLoop(String name, DecodeOptions options, DecodeMetrics metrics, InstantSource clock) {
        this.options = options;
        this.metrics = metrics;
        this.clock = clock;
        this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    boolean live() {
        return thread.isAlive();
    }

    long load() {
        return load.get();
    }

    /** @param sequence ends in any case: completed, failed or cancelled */
    void submit(Sequence sequence) {
        load.addAndGet(sequence.tokens());
        CompletableFuture<Decoded> _ = sequence.result().whenComplete((_, _) -> load.addAndGet(-sequence.tokens()));
        submitted.add(sequence);
        if (closing) {
            // The thread may have looked for the last time already.
            failSubmitted(new CancellationException("the agent is stopping"));
        }
    }

    private void run() {
        RuntimeException cause = new CancellationException("the agent is stopping");
        try {
            while (!closing) {
                accept();
                long begun = System.nanoTime();
                boolean worked = work();
                if (worked) {
                    metrics.busy(System.nanoTime() - begun);
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            cause = new IllegalStateException("the decoding thread has failed: " + e, e);
            LOGGER.atError().setCause(e).log("the decoding thread has failed");
            throw e;
        } finally {
            closing = true;
            end(cause);
        }
    }

    /** Takes what was submitted; waits when there is nothing else to do. */
    private void accept() throws InterruptedException {
        if (lanes.isEmpty() && waiting.isEmpty()) {
            Sequence first = submitted.poll(IDLE.toMillis(), TimeUnit.MILLISECONDS);
            if (first != null) {
                waiting.add(first.line(), first);
            }
        }
        for (Sequence next = submitted.poll(); next != null; next = submitted.poll()) {
            waiting.add(next.line(), next);
        }
        waiting.drain(sequence -> sequence.isUnwanted(clock.instant()));
    }

    /** One step of every lane. */
    private boolean work() {
        // One or the other between two steps, so that none is held up for both.
        if (!admit() && options.carryOver()) {
            for (Lane lane : List.copyOf(lanes.values())) {
                guarded(lane, () -> carryOver(lane));
            }
        }
        step();
        boolean worked = !lanes.isEmpty();
        for (Lane lane : List.copyOf(lanes.values())) {
            if (lane.isEmpty()) {
                drop(lane);
            }
        }
        metrics.sizes(running(), waiting.size());
        return worked;
    }

    private void step() {
        int sequences = running();
        if (sequences == 0) {
            // Nobody waits.
            swapped = false;
            return;
        }
        long begun = System.nanoTime();
        if (swapped) {
            metrics.swapped(begun - lastStepEnd);
            swapped = false;
        }
        for (Lane lane : List.copyOf(lanes.values())) {
            guarded(lane, () -> lane.step(clock.instant()));
        }
        lastStepEnd = System.nanoTime();
        metrics.step(sequences, lastStepEnd - begun);
    }

    private void carryOver(Lane lane) {
        if (lane.carryOver(this::lane, (long) (TOKENS_CARRIED * running())) > 0) {
            swapped = true;
        }
    }

    /** What the engine cannot do is the matter of the sequences it was doing it for, and of no others. */
    private void guarded(Lane lane, Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            LOGGER.atError().addKeyValue("sequences", lane.size()).setCause(e).log("a batch has failed");
            lane.fail(e);
            drop(lane);
        }
    }

    /** @return whether any joined */
    private boolean admit() {
        int room = options.maxSequences() - running();
        long tokens = options.maxTokens()
                - lanes.values().stream().mapToLong(Lane::tokens).sum();
        boolean patient = running() > 0
                && !leftUnread
                && waiting.size() < running() / 4
                && lanes.values().stream().allMatch(lane -> lane.stepsSinceAdmission() < MAX_STEPS_WAITED);
        if (patient) {
            return false;
        }
        var coming = new IdentityHashMap<ServingPolicy, List<Sequence>>();
        var order = new ArrayList<ServingPolicy>();
        boolean idle = running() == 0;
        var left = new Room(room, tokens, idle ? Long.MAX_VALUE : options.maxReadTokens(), idle);
        for (Optional<Sequence> next = waiting.peek();
                next.isPresent() && left.takes(next.get());
                next = waiting.peek()) {
            Sequence first = next.get();
            // Those that continue the same prompt are admitted together, so that it is read once.
            for (Sequence sequence : waiting.take(sibling -> left.takesSibling(sibling, first))) {
                sequence.renew();
                ServingPolicy weights = sequence.held().weights();
                coming.computeIfAbsent(weights, _ -> {
                            order.add(weights);
                            return new ArrayList<>();
                        })
                        .add(sequence);
            }
        }
        leftUnread = left.leftUnread();
        for (ServingPolicy weights : order) {
            admit(weights, coming.getOrDefault(weights, List.of()));
        }
        return !order.isEmpty();
    }

    private void admit(ServingPolicy weights, List<Sequence> coming) {
        try {
            lane(weights).admit(coming);
        } catch (RuntimeException e) {
            // The lane's others are as they were, or fail with the next step.
            coming.forEach(sequence -> sequence.fail(e));
        }
    }

    private Lane lane(ServingPolicy weights) {
        return lanes.computeIfAbsent(weights, _ -> {
            swapped |= running() > 0;
            return new Lane(weights);
        });
    }

    private int running() {
        return lanes.values().stream().mapToInt(Lane::size).sum();
    }

    private void drop(Lane lane) {
        lanes.values().remove(lane);
        lane.close();
    }

    private void end(RuntimeException cause) {
        for (Lane lane : List.copyOf(lanes.values())) {
            lane.fail(cause);
            drop(lane);
        }
        waiting.drain(_ -> true).forEach(sequence -> sequence.fail(cause));
        failSubmitted(cause);
    }

    private void failSubmitted(RuntimeException cause) {
        for (Sequence next = submitted.poll(); next != null; next = submitted.poll()) {
            next.fail(cause);
        }
    }

    /** Ends after the step that runs; what is not done is cancelled. */
    @Override
    public void close() {
        closing = true;
        try {
            if (thread.getState() != Thread.State.NEW && !thread.join(CLOSE)) {
                LOGGER.atError().log("the decoding thread did not end in time");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
