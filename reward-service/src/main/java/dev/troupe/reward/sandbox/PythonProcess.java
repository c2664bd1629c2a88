package dev.troupe.reward.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.troupe.reward.sandbox.SandboxVerdict.Failed;
import dev.troupe.reward.sandbox.SandboxVerdict.Failure;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One run of the harness: the process, its namespace, and the channel to it. For one thread. */
final class PythonProcess implements AutoCloseable {

    static final byte READY = 'R';

    /** What the kernel may take to end a namespace that was killed. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    /** Exit status of what SIGXCPU has ended. */
    private static final int OUT_OF_TIME = 128 + 24;

    /** What a process that has closed its channel may take to have an exit status. */
    private static final Duration ENDING = Duration.ofMillis(300);

    private static final int KEPT_OUTPUT = 300;
    private static final int WAITING_FRAMES = 2;

    private final SecureRandom random;
    private final ControlGroup group;
    private final Process process;
    private final DataOutputStream questions;
    private final BlockingQueue<byte[]> answers = new ArrayBlockingQueue<>(WAITING_FRAMES);
    private final StringBuilder printed = new StringBuilder(); // guarded by itself
    private final AtomicBoolean flooded = new AtomicBoolean();
    private final Thread reader;
    private volatile @Nullable ProcessHandle init;
    private final byte[] token = new byte[Wire.NONCE_BYTES];

    /** A run that ended before its time. */
    static final class StoppedException extends Exception {

        private static final long serialVersionUID = 1;
        private final transient Failed verdict;

        StoppedException(Failed verdict) {
            super(verdict.detail(), null, false, false);
            this.verdict = verdict;
        }

        Failed verdict() {
            return verdict;
        }
    }

    /** Writes what belongs to a question. */
    @FunctionalInterface
    interface Content {
        void write(DataOutputStream out) throws IOException;
    }

    private PythonProcess(Process process, ControlGroup group, SecureRandom random, long outputBytes) {
        this.process = process;
        this.group = group;
        this.random = random;
        this.questions = new DataOutputStream(new BufferedOutputStream(process.getOutputStream()));
        this.reader = Thread.ofVirtual().name("python-answers").start(this::readAnswers);
        Thread.ofVirtual().name("python-output").start(() -> readOutput(outputBytes));
    }

    /** Starts a process that is to run the harness; the group is its own from here on. */
    static PythonProcess start(ProcessBuilder command, ControlGroup group, SecureRandom random, long outputBytes)
            throws IOException {
        return new PythonProcess(command.start(), group, random, outputBytes);
    }

    /** @throws NotStartedException when the harness does not run in time; no text of a model has been there yet */
    void awaitReady(Duration startup) throws NotStartedException, InterruptedException {
        byte[] frame = answers.poll(startup.toMillis(), TimeUnit.MILLISECONDS);
        if (frame == null || frame.length != Wire.NONCE_BYTES + 1 || frame[Wire.NONCE_BYTES] != READY) {
            throw new NotStartedException("the interpreter was not ready within %s: %s".formatted(startup, end()));
        }
        init = child();
    }

    /** The first process of the namespace: nothing in there outlives it. */
    private @Nullable ProcessHandle child() {
        Path children = Path.of("/proc/%1$d/task/%1$d/children".formatted(process.pid()));
        try {
            String pid = Files.readString(children).strip();
            return pid.isEmpty() ? null : ProcessHandle.of(Long.parseLong(pid)).orElse(null);
        } catch (IOException | NumberFormatException _) {
            return process.children().findFirst().orElse(null);
        }
    }

    /**
     * Asks a question and waits for its answer, which starts behind the token.
     *
     * @param until when the run is over, as {@link System#nanoTime} counts
     * @throws StoppedException when there is no answer
     */
    DataInputStream ask(char operation, Content content, long until) throws StoppedException, InterruptedException {
        random.nextBytes(token);
        return tell(operation, content, until);
    }

    /** Goes on with the question that was asked last. */
    DataInputStream tell(char operation, Content content, long until) throws StoppedException, InterruptedException {
        try {
            var bytes = new ByteArrayOutputStream();
            var out = new DataOutputStream(bytes);
            out.write(token);
            out.writeByte(operation);
            content.write(out);
            byte[] question = bytes.toByteArray();
            // A program that keeps the harness from reading would hold this thread, and no deadline would pass.
            Thread.ofVirtual().name("python-question").start(() -> write(question));
        } catch (IOException _) {
            throw new StoppedException(verdict());
        }
        byte[] frame = answers.poll(until - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (frame == null || frame.length == 0) {
            throw new StoppedException(frame == null ? late() : verdict());
        }
        if (frame.length <= token.length || !Arrays.equals(frame, 0, token.length, token, 0, token.length)) {
            throw new StoppedException(new Failed(Failure.PROTOCOL, "an answer that is not to what was asked"));
        }
        return new DataInputStream(new ByteArrayInputStream(frame, token.length, frame.length - token.length));
    }

    /** One at a time: each question waits for its answer, or is the last. */
    private void write(byte[] question) {
        try {
            Wire.writeFrame(questions, question);
        } catch (IOException _) {
            // The process has ended, as the end of its answers says.
        }
    }

    /** The bound of the whole run that was reached, if one was, whatever the program made of it. */
    Optional<Failed> breach() {
        return flooded.get() ? Optional.of(new Failed(Failure.OUTPUT, "it printed more than it may")) : group.breach();
    }

    private Failed late() {
        return breach().orElseGet(() -> new Failed(Failure.TIMEOUT, "it did not end in time"));
    }

    private Failed verdict() throws InterruptedException {
        String end = end();
        return breach().orElseGet(() -> !process.isAlive() && process.exitValue() == OUT_OF_TIME
                ? new Failed(Failure.CPU, "it computed for longer than it may")
                : new Failed(Failure.CRASHED, end));
    }

    private void readAnswers() {
        try (var in = new DataInputStream(process.getInputStream())) {
            while (true) {
                answers.put(Wire.readFrame(in));
            }
        } catch (IOException _) {
            // Ended, or no frame: an empty one says so once those before have been taken.
            try {
                answers.put(new byte[0]);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void readOutput(long most) {
        long total = 0;
        try (InputStream stream = process.getErrorStream()) {
            var buffer = new byte[8192];
            for (int read = stream.read(buffer); read >= 0; read = stream.read(buffer)) {
                total += read;
                synchronized (printed) {
                    int kept = Math.min(read, KEPT_OUTPUT - printed.length());
                    if (kept > 0) {
                        printed.append(new String(buffer, 0, kept, UTF_8));
                    }
                }
                if (total > most && flooded.compareAndSet(false, true)) {
                    kill();
                }
            }
        } catch (IOException _) {
            // The process has been killed; what was read is all there is.
        }
    }

    /** How the process ended, for a message. */
    private String end() throws InterruptedException {
        String status = process.waitFor(ENDING.toMillis(), TimeUnit.MILLISECONDS)
                ? "exit status " + process.exitValue()
                : "still running";
        synchronized (printed) {
            // Printed by anyone: no terminal that shows a log is to obey it.
            return printed.isEmpty()
                    ? status
                    : status + ", " + printed.toString().strip().replaceAll("\\p{Cntrl}", " ");
        }
    }

    /** Kills the namespace; may be called by any thread. */
    void kill() {
        ProcessHandle first = init;
        if (first == null) {
            // Not ready yet: bubblewrap's child may not be bound to die with it by now, so it goes first.
            first = child();
            if (first != null) {
                first.destroyForcibly();
            }
            process.destroyForcibly();
        } else if (!first.destroyForcibly()) {
            process.destroyForcibly();
        }
    }

    /**
     * Kills all that the run has started and waits until it is gone.
     *
     * @throws SandboxUnavailableException when something is left: no other program may be run then
     */
    @Override
    public void close() throws SandboxUnavailableException {
        kill();
        reader.interrupt();
        boolean interrupted = false;
        long until = System.nanoTime() + GRACE.toNanos();
        while (process.isAlive() && System.nanoTime() < until) {
            try {
                process.waitFor(until - System.nanoTime(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        process.destroyForcibly();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        group.close();
        if (process.isAlive()) {
            throw new SandboxUnavailableException(
                    "process %d of a run was killed and is still there".formatted(process.pid()));
        }
    }
}
