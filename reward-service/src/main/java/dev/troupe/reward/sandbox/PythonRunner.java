package dev.troupe.reward.sandbox;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs each program in processes of its own. Safe for use by many threads; their programs run side by side. */
final class PythonRunner implements Sandbox, AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(PythonRunner.class);
    private static final int ATTEMPTS = 2;

    private final SandboxOptions options;
    private final ControlGroups groups;
    private final Function<ControlGroup, ProcessBuilder> command;
    private final SecureRandom random = new SecureRandom();
    private final Set<PythonProcess> running = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** @param command what runs the harness, given the cgroups it is to be in */
    PythonRunner(SandboxOptions options, ControlGroups groups, Function<ControlGroup, ProcessBuilder> command) {
        this.options = options;
        this.groups = groups;
        this.command = command;
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
                closed ? "the sandbox is closed" : "the interpreter does not start: " + problem);
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

    /** Kills what runs; such a program ends with {@link SandboxUnavailableException}. */
    @Override
    public void close() {
        closed = true;
        running.forEach(PythonProcess::kill);
    }

    /** A process of this run, or none. */
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
                        command.apply(group), group, random, options.bounds().outputBytes());
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
