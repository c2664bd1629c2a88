package dev.troupe.reward.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.troupe.reward.sandbox.SandboxVerdict.Failed;
import dev.troupe.reward.sandbox.SandboxVerdict.Failure;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** One child JVM and the channel to it. Used by one thread at a time; once it has failed, it is closed and replaced. */
final class ChildProcess implements AutoCloseable {

    /** What a stopped program may take beyond its deadline before the child is killed. */
    private static final Duration GRACE = Duration.ofMillis(400);

    /** Exit status of a JVM under {@code -XX:+ExitOnOutOfMemoryError}. */
    private static final int OUT_OF_MEMORY = 3;

    private static final int KEPT_OUTPUT = 4_000;
    private static final Frame END = new Frame(new byte[0]);

    private final SecureRandom random = new SecureRandom();
    private final BlockingQueue<Frame> frames = new LinkedBlockingQueue<>();
    private final SandboxOptions options;
    private final Path directory;
    private final Process process;
    private final DataOutputStream in;
    private final StringBuilder errors = new StringBuilder(); // guarded by itself
    private boolean usable = true;

    private ChildProcess(SandboxOptions options, Path directory, Process process) {
        this.options = options;
        this.directory = directory;
        this.process = process;
        this.in = new DataOutputStream(new BufferedOutputStream(process.getOutputStream()));
        Thread.ofPlatform().daemon().name("sandbox-answers").start(this::readFrames);
        Thread.ofPlatform().daemon().name("sandbox-errors").start(this::readErrors);
    }

    /** Starts the process; it is ready once {@link #awaitReady} has returned. */
    static ChildProcess start(SandboxOptions options) throws IOException {
        Path directory = Files.createTempDirectory("troupe-sandbox-");
        var builder = new ProcessBuilder(command(options)).directory(directory.toFile());
        builder.environment().clear();
        try {
            return new ChildProcess(options, directory, builder.start());
        } catch (IOException e) {
            Files.deleteIfExists(directory);
            throw e;
        }
    }

    private static List<String> command(SandboxOptions options) {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        return List.of(
                java.toString(),
                "-Xmx" + options.heapBytes(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:MaxMetaspaceSize=256m",
                "-XX:-UsePerfData",
                "-XX:-CreateCoredumpOnCrash",
                "-XX:+DisableAttachMechanism",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                absolute(System.getProperty("java.class.path")),
                SandboxChild.class.getName(),
                Long.toString(ProcessHandle.current().pid()));
    }

    // The child has a working directory of its own.
    private static String absolute(String classPath) {
        String separator = System.getProperty("path.separator");
        return Stream.of(classPath.split(Pattern.quote(separator)))
                .filter(entry -> !entry.isEmpty())
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .reduce((left, right) -> left + separator + right)
                .orElse("");
    }

    /** A directory that only this child uses; deleted with it. */
    Path directory() {
        return directory;
    }

    void awaitReady() throws NotStartedException, InterruptedException {
        Frame frame = frames.poll(options.startup().toMillis(), TimeUnit.MILLISECONDS);
        if (frame == null || frame.kind(new byte[Wire.NONCE_BYTES]) != Wire.READY) {
            throw new NotStartedException(
                    "the child JVM was not ready within %s: %s".formatted(options.startup(), end()));
        }
    }

    /** Whether it can take another program. */
    boolean usable() {
        return usable && process.isAlive();
    }

    private void kill() {
        usable = false;
        process.destroyForcibly();
    }

    /** Runs a program. Unless it finished or timed out in good order, the child is not to be used again. */
    SandboxVerdict run(PythonProgram program, Duration deadline) throws NotStartedException, InterruptedException {
        var nonce = new byte[Wire.NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            Wire.writeFrame(
                    in,
                    Messages.encode(
                            nonce,
                            program,
                            deadline.toMillis(),
                            options.bounds().outputBytes()));
        } catch (IOException e) {
            throw new NotStartedException("the child JVM takes no program: " + e + ", " + end());
        }
        Frame started = frames.poll(options.startup().toMillis(), TimeUnit.MILLISECONDS);
        if (started == null || started.kind(nonce) != Wire.STARTED) {
            kill();
            throw new NotStartedException("the child JVM did not start the program: " + end());
        }
        Frame answer = frames.poll(deadline.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS);
        if (answer == null) {
            kill();
            return new Failed(Failure.TIMEOUT, "no answer within " + deadline.toMillis() + " ms");
        }
        return verdict(program, nonce, answer);
    }

    private SandboxVerdict verdict(PythonProgram program, byte[] nonce, Frame answer) throws InterruptedException {
        if (answer == END) {
            usable = false;
            return process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS) && process.exitValue() == OUT_OF_MEMORY
                    ? new Failed(Failure.MEMORY, "more than %d MiB of heap".formatted(options.heapBytes() >> 20))
                    : new Failed(Failure.CRASHED, end());
        }
        try {
            switch (answer.kind(nonce)) {
                case Wire.FINISHED -> {
                    return Messages.decode(answer.payload(), program);
                }
                case Wire.TIMED_OUT -> {
                    return new Failed(Failure.TIMEOUT, "it did not end in time");
                }
                case Wire.FLOODED -> {
                    return new Failed(Failure.OUTPUT, "it printed more than it may");
                }
                default -> kill();
            }
            return new Failed(Failure.PROTOCOL, "a frame that is not of this run");
        } catch (IOException | IllegalArgumentException e) {
            kill();
            return new Failed(Failure.PROTOCOL, String.valueOf(e.getMessage()));
        }
    }

    private void readFrames() {
        try (var out = new DataInputStream(process.getInputStream())) {
            while (true) {
                frames.add(new Frame(Wire.readFrame(out)));
            }
        } catch (IOException _) {
            frames.add(END);
        }
    }

    private void readErrors() {
        try (InputStream stream = process.getErrorStream()) {
            var buffer = new byte[1024];
            for (int read = stream.read(buffer); read >= 0; read = stream.read(buffer)) {
                synchronized (errors) {
                    if (errors.length() < KEPT_OUTPUT) {
                        errors.append(new String(buffer, 0, read, UTF_8));
                    }
                }
            }
        } catch (IOException _) {
            // The process has been killed; what was read is all there is.
        }
    }

    /** How the process ended, for a message. */
    private String end() throws InterruptedException {
        String status = process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)
                ? "exit status " + process.exitValue()
                : "still running";
        synchronized (errors) {
            return errors.isEmpty() ? status : status + ", " + errors.toString().strip();
        }
    }

    /** Kills the child and waits until it is gone. */
    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(ChildProcess::delete);
        } catch (IOException | UncheckedIOException _) {
            // A temporary directory that stays is the operating system's to clean.
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Nonce, kind, payload. */
    private static final class Frame {

        private final byte[] bytes;

        Frame(byte[] bytes) {
            this.bytes = bytes;
        }

        /** The kind of a frame that carries the nonce, else -1. */
        byte kind(byte[] nonce) {
            boolean ours = bytes.length > nonce.length && Arrays.equals(bytes, 0, nonce.length, nonce, 0, nonce.length);
            return ours ? bytes[nonce.length] : -1;
        }

        byte[] payload() {
            return Arrays.copyOfRange(bytes, Wire.NONCE_BYTES + 1, bytes.length);
        }
    }
}
