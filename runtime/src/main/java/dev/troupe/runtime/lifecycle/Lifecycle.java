package dev.troupe.runtime.lifecycle;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts services in order and closes them in reverse.
 *
 * <p>When one does not start, those already started are closed and its failure is thrown. When one does not close, the
 * rest is closed all the same.
 */
public final class Lifecycle implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(Lifecycle.class);

    private final List<Service> services;
    // guarded by this
    private final Deque<Service> started = new ArrayDeque<>();
    // guarded by this
    private boolean used;

    public Lifecycle(List<? extends Service> services) {
        this.services = List.copyOf(services);
    }

    /** @throws IllegalStateException when it was started or closed before */
    public synchronized void start() {
        if (used) {
            throw new IllegalStateException("a lifecycle starts once");
        }
        used = true;
        for (Service service : services) {
            started.push(service);
            try {
                service.start();
            } catch (RuntimeException | Error failure) {
                LOGGER.atError()
                        .addKeyValue("service", service.name())
                        .addKeyValue("error", failure.toString())
                        .log("service did not start");
                closeStarted(failure);
                throw failure;
            }
            LOGGER.atInfo().addKeyValue("service", service.name()).log("service started");
        }
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
    public synchronized void close() {
        used = true;
        var failures = new IllegalStateException("services did not close cleanly");
        closeStarted(failures);
        if (failures.getSuppressed().length > 0) {
            throw failures;
        }
    }

    private synchronized void closeStarted(Throwable failures) {
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
