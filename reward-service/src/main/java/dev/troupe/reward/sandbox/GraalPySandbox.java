package dev.troupe.reward.sandbox;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * GraalPy in a child JVM: the interpreter denies files, sockets, processes and threads, the child process bounds heap
 * and time. GraalVM promises no security boundary for Python, so what has to hold against a determined program is the
 * process; take this for small models and development.
 *
 * <p>Programs of all callers run one after the other. A child that died or had to be killed is replaced.
 */
public final class GraalPySandbox implements OwnedSandbox {

    private static final Logger LOGGER = LoggerFactory.getLogger(GraalPySandbox.class);
    private static final int ATTEMPTS = 2;

    private final SandboxOptions options;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable ChildProcess child; // guarded by lock
    private volatile boolean closed;

    private GraalPySandbox(SandboxOptions options) {
        this.options = requireNonNull(options, "options is null");
    }

    /**
     * Starts a child and makes sure that it keeps programs in.
     *
     * @throws SandboxUnavailableException when it cannot be started, or a probe got out
     */
    public static GraalPySandbox start(SandboxOptions options)
            throws SandboxUnavailableException, InterruptedException {
        var sandbox = new GraalPySandbox(options);
        boolean started = false;
        sandbox.lock.lockInterruptibly();
        try {
            sandbox.checkedChild();
            started = true;
            return sandbox;
        } catch (NotStartedException e) {
            throw new SandboxUnavailableException("cannot start the sandbox: " + e.getMessage(), e);
        } finally {
            sandbox.lock.unlock();
            if (!started) {
                sandbox.close();
            }
        }
    }

    @Override
    public SandboxVerdict run(PythonProgram program) throws SandboxUnavailableException, InterruptedException {
        lock.lockInterruptibly();
        try {
            return runLocked(program);
        } catch (InterruptedException e) {
            dropChild();
            throw e;
        } finally {
            lock.unlock();
        }
    }

    private SandboxVerdict runLocked(PythonProgram program) throws SandboxUnavailableException, InterruptedException {
        NotStartedException last = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                // A child that this leaves dead is cleared away by the next call: the verdict does not wait for it.
                return checkedChild().run(program, options.deadline());
            } catch (NotStartedException e) {
                last = e;
                dropChild();
                LOGGER.atWarn().addKeyValue("error", e.getMessage()).log("sandbox child lost, starting another");
            }
        }
        throw new SandboxUnavailableException(
                "the sandbox cannot be used: " + requireNonNull(last).getMessage(), last);
    }

    /** The living child, or a new one that has passed the self-test. Holds the lock. */
    private ChildProcess checkedChild() throws SandboxUnavailableException, NotStartedException, InterruptedException {
        if (closed) {
            throw new SandboxUnavailableException("the sandbox is closed");
        }
        if (child != null && child.usable()) {
            return child;
        }
        dropChild();
        ChildProcess fresh;
        try {
            fresh = ChildProcess.start(options);
        } catch (IOException e) {
            throw new SandboxUnavailableException("cannot start a child JVM: " + e.getMessage(), e);
        }
        child = fresh;
        boolean safe = false;
        try {
            fresh.awaitReady();
            SelfTest.check(fresh, options.startup());
            safe = true;
            return fresh;
        } finally {
            if (!safe) {
                dropChild();
            }
        }
    }

    private void dropChild() {
        if (child != null) {
            child.close();
            child = null;
        }
    }

    @Override
    public SandboxKind kind() {
        return SandboxKind.GRAALPY;
    }

    @Override
    public String toString() {
        return "graalpy, child JVM with %d MiB of heap".formatted(options.heapBytes() >> 20);
    }

    /** Kills the child; a program that is running ends with {@link SandboxUnavailableException}. */
    @Override
    public void close() {
        closed = true;
        lock.lock();
        try {
            dropChild();
        } finally {
            lock.unlock();
        }
    }
}
