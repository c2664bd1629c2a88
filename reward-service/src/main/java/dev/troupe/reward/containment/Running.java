package dev.troupe.reward.containment;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One call, on whichever thread runs it. Its thread may run another call afterwards, which no interrupt reaches. */
final class Running<T> implements Runnable {

    private final Callable<T> call;
    private final CompletableFuture<T> end = new CompletableFuture<>();
    // guarded by this
    private @Nullable Thread thread;

    Running(Callable<T> call) {
        this.call = call;
    }

    @Override
    public void run() {
        synchronized (this) {
            thread = Thread.currentThread();
        }
        T value;
        try {
            value = call.call();
        } catch (Throwable e) {
            // Whatever it is, whoever waits for the call decides on it.
            over();
            end.completeExceptionally(e);
            return;
        }
        over();
        end.complete(value);
    }

    private synchronized void over() {
        thread = null;
    }

    CompletableFuture<T> end() {
        return end;
    }

    synchronized void interrupt() {
        if (thread != null) {
            thread.interrupt();
        }
    }

    /** Where it is; nothing when it has ended. */
    synchronized List<StackTraceElement> stack() {
        return thread == null ? List.of() : List.of(thread.getStackTrace());
    }

    /** Whether it ended, in whatever way, within the time. */
    boolean endsWithin(Duration time) throws InterruptedException {
        try {
            end.get(time.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (ExecutionException _) {
            return true;
        } catch (TimeoutException _) {
            return false;
        }
    }
}
