package dev.troupe.reward.sandbox;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sandboxes of a service: all of one kind, which is picked by trying when the first one starts, and said in the
 * log. Where none holds, none starts.
 */
public final class Sandboxes {

    private static final Logger LOGGER = LoggerFactory.getLogger(Sandboxes.class);

    private final ReentrantLock lock = new ReentrantLock();
    private SandboxOptions options; // guarded by lock
    private boolean told; // guarded by lock

    public Sandboxes(SandboxOptions options) {
        this.options = requireNonNull(options, "options is null");
    }

    /**
     * Starts one more.
     *
     * @throws SandboxUnavailableException when it does not start or does not keep a program in, with what to do about
     *     it
     */
    public OwnedSandbox start() throws SandboxUnavailableException, InterruptedException {
        lock.lockInterruptibly();
        try {
            OwnedSandbox sandbox =
                    switch (options.kind()) {
                        case BUBBLEWRAP -> bubblewrap();
                        case GRAALPY -> GraalPySandbox.start(options);
                        case AUTO -> either();
                    };
            tell(sandbox, options.kind() == SandboxKind.AUTO ? "bubblewrap was tried and holds" : "judge.sandbox");
            options = options.with(sandbox.kind());
            return sandbox;
        } finally {
            lock.unlock();
        }
    }

    private OwnedSandbox bubblewrap() throws SandboxUnavailableException, InterruptedException {
        try {
            return BubblewrapSandbox.start(options);
        } catch (SandboxUnavailableException e) {
            throw new SandboxUnavailableException(
                    e.getMessage() + "; SANDBOX.md says what bubblewrap needs, and judge.sandbox=graalpy does without",
                    e);
        }
    }

    private OwnedSandbox either() throws SandboxUnavailableException, InterruptedException {
        SandboxUnavailableException hardened;
        try {
            return BubblewrapSandbox.start(options);
        } catch (SandboxUnavailableException e) {
            hardened = e;
        }
        try {
            GraalPySandbox sandbox = GraalPySandbox.start(options);
            tell(sandbox, "no bubblewrap here: " + hardened.getMessage());
            return sandbox;
        } catch (SandboxUnavailableException e) {
            e.addSuppressed(hardened);
            throw new SandboxUnavailableException(
                    ("neither sandbox holds here. bubblewrap: %s. graalpy: %s. Mend one of them (SANDBOX.md), or set"
                                    + " judge.sandbox=off where no task runs programs")
                            .formatted(hardened.getMessage(), e.getMessage()),
                    e);
        }
    }

    /** Once, however many are started. Holds the lock. */
    private void tell(OwnedSandbox sandbox, String reason) {
        if (!told) {
            told = true;
            LOGGER.atInfo()
                    .addKeyValue("sandbox", sandbox)
                    .addKeyValue("reason", reason)
                    .log("programs run in a sandbox");
        }
    }
}
