package dev.troupe.reward.sandbox;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * CPython in namespaces of its own for every run, made by bubblewrap: no network, no file of the machine but the
 * interpreter's, no process outside, no /proc and no device, a user who owns nothing, hard resource limits, a filter of
 * system calls, and cgroups where this process may make them. A run ends with the death of its namespace's first
 * process, which takes everything in it along.
 *
 * <p>Safe for use by many threads; their programs run side by side.
 */
public final class BubblewrapSandbox implements OwnedSandbox {

    private static final Logger LOGGER = LoggerFactory.getLogger(BubblewrapSandbox.class);
    private static final int ATTEMPTS = 2;

    private final SandboxOptions options;
    private final Cage cage;
    private final ControlGroups groups;
    private final Optional<Path> setpriv;
    private final SecureRandom random = new SecureRandom();
    private final Set<PythonProcess> running = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private BubblewrapSandbox(SandboxOptions options, Cage cage, ControlGroups groups, Optional<Path> setpriv) {
        this.options = options;
        this.cage = cage;
        this.groups = groups;
        this.setpriv = setpriv;
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
        String problem = "";
        for (int attempt = 0; attempt < ATTEMPTS && !closed; attempt++) {
            try {
                SandboxVerdict verdict = attempt(program);
                if (!closed) {
                    return verdict;
                }
            } catch (NotStartedException e) {
                problem = String.valueOf(e.getMessage());
                LOGGER.atWarn().addKeyValue("error", problem).log("sandbox did not start");
            }
        }
        throw new SandboxUnavailableException(
                closed ? "the sandbox is closed" : "bubblewrap does not start: " + problem);
    }

    private SandboxVerdict attempt(PythonProgram program)
            throws NotStartedException, SandboxUnavailableException, InterruptedException {
        // Both are started before either is waited for.
        try (Started units = new Started(!program.units().isEmpty());
                Started script = new Started(program.script().isPresent())) {
            units.awaitReady();
            script.awaitReady();
            long until = System.nanoTime() + options.deadline().toNanos();
            return new PythonRun(program, units.process(), script.process(), until).verdict();
        }
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

    /** Kills what runs; such a program ends with {@link SandboxUnavailableException}. */
    @Override
    public void close() {
        closed = true;
        running.forEach(PythonProcess::kill);
        cage.close();
    }

    /** A process of this sandbox, or none. */
    private final class Started implements AutoCloseable {

        private final Optional<PythonProcess> process;

        Started(boolean needed) throws NotStartedException, SandboxUnavailableException {
            process = needed ? Optional.of(start()) : Optional.empty();
            process.ifPresent(running::add);
        }

        private PythonProcess start() throws NotStartedException, SandboxUnavailableException {
            if (closed) {
                throw new SandboxUnavailableException("the sandbox is closed");
            }
            ControlGroup group = null;
            try {
                group = groups.create(options.bounds());
                return PythonProcess.start(
                        cage.command(group, setpriv),
                        group,
                        random,
                        options.bounds().outputBytes());
            } catch (IOException e) {
                if (group != null) {
                    group.close();
                }
                throw new NotStartedException("cannot start a process: " + e.getMessage(), e);
            }
        }

        Optional<PythonProcess> process() {
            return process;
        }

        void awaitReady() throws NotStartedException, InterruptedException {
            if (process.isPresent()) {
                process.get().awaitReady(options.startup());
            }
        }

        @Override
        public void close() throws SandboxUnavailableException {
            if (process.isPresent()) {
                running.remove(process.get());
                process.get().close();
            }
        }
    }
}
