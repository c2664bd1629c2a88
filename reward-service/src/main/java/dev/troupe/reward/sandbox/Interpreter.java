package dev.troupe.reward.sandbox;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.io.IOAccess;

/**
 * A GraalPy interpreter that may do nothing but compute, and how much it prints. Lives in the child JVM.
 *
 * @param context the interpreter
 * @param printed counts what it prints, which goes nowhere
 */
record Interpreter(Context context, Printed printed) {

    static Interpreter fresh(Engine engine) {
        var printed = new Printed();
        Context context = Context.newBuilder(ProgramRunner.PYTHON)
                .engine(engine)
                .allowAllAccess(false)
                .allowIO(IOAccess.NONE)
                .allowNativeAccess(false)
                .allowCreateProcess(false)
                .allowCreateThread(false)
                .out(printed)
                .err(printed)
                .in(InputStream.nullInputStream())
                .build();
        context.initialize(ProgramRunner.PYTHON);
        return new Interpreter(context, printed);
    }

    /** Takes bytes to nowhere, and tells once when there were too many. */
    static final class Printed extends OutputStream {

        private final AtomicLong left = new AtomicLong(Long.MAX_VALUE);
        private final AtomicReference<Runnable> tooMuch = new AtomicReference<>(() -> {});

        /** From now on {@code most} bytes may be printed; the one that is too many runs {@code then}. */
        void bound(long most, Runnable then) {
            tooMuch.set(then);
            left.set(most);
        }

        @Override
        public void write(int one) {
            count(1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) {
            count(length);
        }

        private void count(int bytes) {
            if (left.addAndGet(-bytes) < 0) {
                tooMuch.getAndSet(() -> {}).run();
            }
        }
    }
}
