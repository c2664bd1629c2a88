package dev.troupe.runtime.lifecycle;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts services in order and closes them in reverse.
 *
 * <p>When one does not start, those already started are closed and its failure is thrown. When one does not close, the
 * rest is closed all the same. A start that is still going on when another thread closes is interrupted: services wait
 * for their cluster there, and a process that is asked to end must not.
 */
public final class Lifecycle implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(Lifecycle.class);

    private final List<Service> services;
    private final ReentrantLock lock = new ReentrantLock();
    // guarded by lock
    private final Deque<Service> started = new ArrayDeque<>();
    // guarded by lock
    private boolean used;
    private volatile boolean closing;
    private volatile @Nullable Thread starting;

    public Lifecycle(List<? extends Service> services) {
        this.services = List.copyOf(services);
    }

    /** @throws IllegalStateException when it was started or closed before, or is closed meanwhile */
    public void start() {
        lock.lock();
        try {
            if (used) {
                throw new IllegalStateException("a lifecycle starts once");
            }
            used = true;
            starting = Thread.currentThread();
            services.forEach(this::start);
        } finally {
            starting = null;
            lock.unlock();
        }
    }

    private void start(Service service) {
        try {
            if (closing) {
                throw new IllegalStateException("closed while it was starting");
            }
            started.push(service);
            service.start();
        } catch (RuntimeException | Error failure) {
            LOGGER.atError()
                    .addKeyValue("service", service.name())
                    .addKeyValue("error", failure.toString())
                    .log("service did not start");
            // Closing joins threads, which an interrupted thread cannot.
            boolean interrupted = Thread.interrupted();
            closeStarted(failure);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            throw failure;
        }
        LOGGER.atInfo().addKeyValue("service", service.name()).log("service started");
    }

    /** Whether every service was started and still works. */
    public boolean live() {
        return services.stream().allMatch(Service::live);
    }

    /** Whether every service can take work. */
    public boolean ready() {
        return services.stream().allMatch(Service::ready);
    }

    /** The services, in the order of their start. */
    public List<Service> services() {
        return services;
    }

    /**
     * Closes in reverse order, all of them whatever happens.
     *
     * @throws IllegalStateException afterwards, with every failure suppressed in it
     */
    @Override
    public void close() {
        closing = true;
        Thread starter = starting;
        if (starter != null && !starter.equals(Thread.currentThread())) {
            starter.interrupt();
        }
        var failures = new IllegalStateException("services did not close cleanly");
        lock.lock();
        try {
            used = true;
            closeStarted(failures);
        } finally {
            lock.unlock();
        }
        if (failures.getSuppressed().length > 0) {
            throw failures;
        }
    }

    private void closeStarted(Throwable failures) {
        while (!started.isEmpty()) {
            Service service = started.pop();
            try {
                service.close();
                LOGGER.atInfo().addKeyValue("service", service.name()).log("service closed");
            } catch (RuntimeException | Error failure) {
                LOGGER.atError()
                        .addKeyValue("service", service.name())
                        .addKeyValue("error", failure.toString())
                        .log("service did not close cleanly");
                failures.addSuppressed(failure);
            }
        }
    }
}
