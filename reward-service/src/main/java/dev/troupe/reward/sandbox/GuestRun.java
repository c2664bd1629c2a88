package dev.troupe.reward.sandbox;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.graalvm.polyglot.PolyglotException;

/** One run in the child JVM, which ends by itself, by the deadline or by its output; the first of them decides. */
final class GuestRun {

    /** No ending yet; the others are kinds of frames. */
    private static final int RUNNING = 0;

    private final Interpreter units;
    private final Optional<Interpreter> script;
    private final ScheduledExecutorService watch;
    private final AtomicInteger ending = new AtomicInteger(RUNNING);

    /** @param watch stops what does not end by itself */
    GuestRun(Interpreter units, Optional<Interpreter> script, ScheduledExecutorService watch) {
        this.units = units;
        this.script = script;
        this.watch = watch;
    }

    /**
     * Runs the program.
     *
     * @return the encoded verdict; empty when it was stopped, and then {@link #ending()} says why
     */
    byte[] run(PythonProgram program, ProgramRunner runner, long deadlineMillis, long outputBytes) throws IOException {
        Runnable flooded = () -> watch.execute(() -> stop(Wire.FLOODED));
        units.printed().bound(outputBytes, flooded);
        script.ifPresent(interpreter -> interpreter.printed().bound(outputBytes, flooded));
        Future<?> deadline = watch.schedule(() -> stop(Wire.TIMED_OUT), deadlineMillis, TimeUnit.MILLISECONDS);
        try {
            var finished = runner.run(program, script.map(Interpreter::context));
            // A program that caught its own cancellation is stopped all the same.
            return ending.compareAndSet(RUNNING, Wire.FINISHED) ? Messages.encode(finished) : new byte[0];
        } catch (PolyglotException e) {
            if (ending.get() != RUNNING) {
                return new byte[0];
            }
            throw e;
        } finally {
            deadline.cancel(false);
        }
    }

    /** The kind of frame that the run ends with. */
    byte ending() {
        return (byte) ending.get();
    }

    private void stop(byte reason) {
        if (ending.compareAndSet(RUNNING, reason)) {
            // In this order: a script may be waiting for the program, and never the other way round.
            units.context().close(true);
            script.ifPresent(interpreter -> interpreter.context().close(true));
        }
    }
}
