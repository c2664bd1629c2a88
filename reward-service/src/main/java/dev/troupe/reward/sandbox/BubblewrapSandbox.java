package dev.troupe.reward.sandbox;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.Optional;

/**
 * CPython in namespaces of its own for every run, made by bubblewrap: no network, no file of the machine but the
 * interpreter's, no process outside, no /proc and no device, a user who owns nothing, hard resource limits, a filter of
 * system calls, and cgroups where this process may make them. A run ends with the death of its namespace's first
 * process, which takes everything in it along.
 *
 * <p>Safe for use by many threads; their programs run side by side.
 */
public final class BubblewrapSandbox implements OwnedSandbox {

    private final Cage cage;
    private final ControlGroups groups;
    private final Optional<Path> setpriv;
    private final PythonRunner runner;

    private BubblewrapSandbox(SandboxOptions options, Cage cage, ControlGroups groups, Optional<Path> setpriv) {
        this.cage = cage;
        this.groups = groups;
        this.setpriv = setpriv;
        this.runner = new PythonRunner(options, groups, group -> cage.command(group, setpriv));
    }

    /**
     * Finds what it needs on this machine and makes sure that it keeps programs in.
     *
     * @throws SandboxUnavailableException when something is missing or forbidden, or a probe got out
     */
    public static BubblewrapSandbox start(SandboxOptions options)
            throws SandboxUnavailableException, InterruptedException {
        Cage cage = Cage.build(options);
        boolean started = false;
        try {
            ControlGroups groups = ControlGroups.find(options.cgroup(), options.bounds());
            SandboxUnavailableException last = null;
            for (Optional<Path> user : Cage.users()) {
                var sandbox = new BubblewrapSandbox(options, cage, groups, user);
                try {
                    BubblewrapSelfTest.check(sandbox, cage.folder());
                    started = true;
                    return sandbox;
                } catch (SandboxUnavailableException e) {
                    last = e;
                }
            }
            throw requireNonNull(last);
        } finally {
            if (!started) {
                cage.close();
            }
        }
    }

    @Override
    public SandboxVerdict run(PythonProgram program) throws SandboxUnavailableException, InterruptedException {
        return runner.run(program);
    }

    @Override
    public SandboxKind kind() {
        return SandboxKind.BUBBLEWRAP;
    }

    /** What holds on this machine, for a log. */
    @Override
    public String toString() {
        return String.join(
                ", ",
                "bubblewrap",
                "CPython " + cage.python().version(),
                setpriv.isPresent() ? "user 65534 outside too" : "user of the service outside",
                cage.filtered() ? "seccomp" : "no seccomp on this processor",
                groups.pids().isPresent() ? "pids cgroup" : "no pids cgroup",
                groups.memory().isPresent() ? "memory cgroup" : "no memory cgroup");
    }

    @Override
    public void close() {
        runner.close();
        cage.close();
    }
}
