package dev.troupe.reward.sandbox;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.management.ExecutionListener;
import org.jspecify.annotations.Nullable;

/**
 * The child JVM: takes programs on stdin, one at a time, and answers on stdout. It ends when stdin ends or the parent
 * is gone. It holds nothing worth taking: no expected value, no environment, no class path beyond the service's own.
 */
final class SandboxChild {

    private static final long STACK_BYTES = 16L << 20;
    private static final long CLOSE_MILLIS = 2_000;

    private final DataOutputStream out;
    private final BlockingQueue<byte[]> requests = new LinkedBlockingQueue<>();
    private final SynchronousQueue<Interpreter> warm = new SynchronousQueue<>();
    private final AtomicReference<@Nullable ProgramRunner> running = new AtomicReference<>();
    private final ScheduledExecutorService deadlines = Executors.newScheduledThreadPool(2, SandboxChild::daemon);

    private SandboxChild(OutputStream channel) {
        this.out = new DataOutputStream(channel);
    }

    /** Started by {@link ChildProcess}; the argument is the parent's process id. */
    public static void main(String[] args) {
        InputStream in = System.in;
        var child = new SandboxChild(new FileOutputStream(FileDescriptor.out));
        // From here on nothing but this class can reach the channel.
        System.setIn(InputStream.nullInputStream());
        System.setOut(new PrintStream(OutputStream.nullOutputStream()));
        daemon(() -> awaitEndOf(Long.parseLong(args[0]))).start();
        daemon(() -> child.read(in)).start();
        daemon(child::keepWarm).start();
        // Python's recursion needs more stack than the main thread has.
        new Thread(null, child::serve, "programs", STACK_BYTES).start();
    }

    private static void awaitEndOf(long parent) {
        ProcessHandle.of(parent).ifPresent(process -> process.onExit().join());
        halt();
    }

    private void read(InputStream in) {
        try (var frames = new DataInputStream(in)) {
            while (true) {
                requests.add(Wire.readFrame(frames));
            }
        } catch (IOException _) {
            halt();
        }
    }

    private void keepWarm() {
        try (Engine engine = Engine.newBuilder(ProgramRunner.PYTHON)
                        .option("engine.WarnInterpreterOnly", "false")
                        .out(OutputStream.nullOutputStream())
                        .err(OutputStream.nullOutputStream())
                        .in(InputStream.nullInputStream())
                        .build();
                ExecutionListener _ = ExecutionListener.newBuilder()
                        // GraalPy tells of functions only where statements are listened to as well.
                        .roots(true)
                        .statements(true)
                        .sourceFilter(source -> source.getName().startsWith(ProgramRunner.UNIT_PREFIX))
                        .onEnter(event -> {
                            ProgramRunner runner = running.get();
                            if (runner != null) {
                                runner.entered(event);
                            }
                        })
                        .attach(engine)) {
            while (true) {
                warm.put(Interpreter.fresh(engine));
            }
        } catch (InterruptedException _) {
            halt();
        } finally {
            halt();
        }
    }

    private void serve() {
        try {
            Interpreter next = warm.take();
            send(new byte[Wire.NONCE_BYTES], Wire.READY, new byte[0]);
            while (true) {
                byte[] request = requests.take();
                serve(request, requireNonNull(next));
                next = warm.take();
            }
        } catch (InterruptedException | IOException _) {
            halt();
        } finally {
            halt();
        }
    }

    private void serve(byte[] request, Interpreter units) throws IOException, InterruptedException {
        var in = new DataInputStream(new ByteArrayInputStream(request));
        byte[] nonce = in.readNBytes(Wire.NONCE_BYTES);
        long deadlineMillis = in.readLong();
        long outputBytes = in.readLong();
        PythonProgram program = Messages.decodeProgram(in);
        // A script alone needs no second interpreter: nothing untrusted runs beside it.
        Optional<Interpreter> script = program.script().isEmpty()
                ? Optional.empty()
                : Optional.of(program.units().isEmpty() ? units : warm.take());
        send(nonce, Wire.STARTED, new byte[0]);
        var run = new GuestRun(units, script, deadlines);
        var runner = new ProgramRunner(units.context());
        running.set(runner);
        byte[] verdict = run.run(program, runner, deadlineMillis, outputBytes);
        running.set(null);
        send(nonce, run.ending(), verdict);
        close(units.context());
        script.ifPresent(interpreter -> close(interpreter.context()));
    }

    /** Cancels what is left of the program's interpreter; one that resists takes the child with it. */
    private void close(Context context) {
        var resists = deadlines.schedule(SandboxChild::halt, CLOSE_MILLIS, TimeUnit.MILLISECONDS);
        try {
            context.close(true);
        } catch (PolyglotException | IllegalStateException _) {
            halt();
        } finally {
            resists.cancel(false);
        }
    }

    private void send(byte[] nonce, byte kind, byte[] payload) throws IOException {
        var frame = new ByteArrayOutputStream(Wire.NONCE_BYTES + 1 + payload.length);
        frame.writeBytes(nonce);
        frame.write(kind);
        frame.writeBytes(payload);
        Wire.writeFrame(out, frame.toByteArray());
    }

    private static Thread daemon(Runnable task) {
        return Thread.ofPlatform().daemon().unstarted(task);
    }

    private static void halt() {
        Runtime.getRuntime().halt(1);
    }
}
