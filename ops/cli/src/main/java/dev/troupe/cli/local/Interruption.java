package dev.troupe.cli.local;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ctrl-C and SIGTERM: closes what is open within a bound, whatever the main thread is doing. What has not closed by
 * then is left to its own crash safety; child processes end with this one because their input does.
 */
public final class Interruption implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(Interruption.class);
    private static final Duration BOUND = Duration.ofSeconds(8);

    private final AtomicBoolean begun;
    private final Thread hook;

    private Interruption(AtomicBoolean begun, Thread hook) {
        this.begun = begun;
        this.hook = hook;
    }

    /** Closes the target when the process is asked to end; {@link #close} takes that back. */
    public static Interruption closing(AutoCloseable target) {
        var begun = new AtomicBoolean();
        var hook = new Thread(
                () -> {
                    begun.set(true);
                    closeWithinBound(target);
                },
                "shutdown");
        Runtime.getRuntime().addShutdownHook(hook);
        return new Interruption(begun, hook);
    }

    /** Whether the process has been asked to end: what is closed now has not failed. */
    public boolean begun() {
        return begun.get();
    }

    private static void closeWithinBound(AutoCloseable target) {
        var closing = Thread.ofPlatform().daemon().name("shutdown-close").start(() -> {
            try {
                target.close();
            } catch (Exception e) {
                LOGGER.atError().setCause(e).log("did not close cleanly");
            }
        });
        try {
            if (!closing.join(BOUND)) {
                LOGGER.atWarn().addKeyValue("bound", BOUND).log("still closing; ending all the same");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            // The process is ending: the hook has begun and closes the target.
            LOGGER.atDebug().log("already shutting down");
        }
    }
}
