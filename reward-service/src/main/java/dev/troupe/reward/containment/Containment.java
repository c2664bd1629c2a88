package dev.troupe.reward.containment;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs calls into environments apart from the threads that need their answers. A call that is overdue is interrupted;
 * one that does not heed it keeps its thread, since no thread can be stopped from outside, and the caller goes on
 * without it. When too many are left behind, or memory ran out in one, only a new process helps: {@link #live} is false
 * from then on. For many callers at once.
 */
public final class Containment implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(Containment.class);

    /** Calls left behind at a time; each may hold a processor. */
    static final int MAX_LEFT_BEHIND = 8;

    /** Shorter than a work queue waits for the thread that waits for us. */
    private static final Duration INTERRUPT_GRACE = Duration.ofMillis(500);

    private final Duration timeout;
    private final Duration grace;
    private final String setting;
    private final ExecutorService threads;
    private final AtomicInteger leftBehind = new AtomicInteger();
    private volatile boolean exhausted;

    /**
     * @param timeout of each call
     * @param setting that says so, for messages
     */
    public Containment(Duration timeout, String setting) {
        this(timeout, INTERRUPT_GRACE, setting);
    }

    /** @param grace until a call that was interrupted is left behind */
    Containment(Duration timeout, Duration grace, String setting) {
        if (!timeout.isPositive()) {
            throw new IllegalArgumentException("%s is not positive: %s".formatted(setting, timeout));
        }
        this.timeout = timeout;
        this.grace = grace;
        this.setting = requireNonNull(setting, "setting is null");
        // Platform threads, as one that only computes would keep a virtual thread's carrier; used again, as starting
        // one takes longer than many judgements; daemons, as those left behind must not keep the process.
        this.threads = Executors.newCachedThreadPool(
                Thread.ofPlatform().daemon().name("environment-", 0).factory());
    }

    /**
     * What the call answers.
     *
     * @param environment that is called, for messages
     * @throws OverdueException when it does not answer in time
     * @throws ExecutionException when it throws, with what it threw
     * @throws InterruptedException when the caller is interrupted; so is the call
     * @throws VirtualMachineError when the machine failed in it, stack overflows aside: those end with their call
     */
    public <T> T call(String environment, Callable<T> call)
            throws OverdueException, ExecutionException, InterruptedException {
        var running = new Running<T>(call);
        threads.execute(running);
        try {
            return running.end().get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException _) {
            throw new OverdueException(environment, timeout, setting, stop(environment, running));
        } catch (InterruptedException e) {
            stop(environment, running);
            throw e;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof VirtualMachineError fatal && !(fatal instanceof StackOverflowError)) {
                exhausted = true;
                throw fatal;
            }
            throw e;
        }
    }

    /** Whether the call ended when it was interrupted. */
    private boolean stop(String environment, Running<?> running) throws InterruptedException {
        running.interrupt();
        if (running.endsWithin(grace)) {
            return true;
        }
        int count = leftBehind.incrementAndGet();
        var _ = running.end().whenComplete((_, _) -> leftBehind.decrementAndGet());
        LOGGER.atError()
                .addKeyValue("environment", environment)
                .addKeyValue("leftBehind", count)
                .addKeyValue("limit", MAX_LEFT_BEHIND)
                .addKeyValue("stack", running.stack())
                .log("a call into an environment does not end; its thread is left behind");
        return false;
    }

    /** Calls that were interrupted and have not ended yet. */
    public int leftBehind() {
        return leftBehind.get();
    }

    /** Whether calls can go on in this process. */
    public boolean live() {
        return !exhausted && leftBehind.get() < MAX_LEFT_BEHIND;
    }

    /** Interrupts what still runs, and waits for none of it. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
