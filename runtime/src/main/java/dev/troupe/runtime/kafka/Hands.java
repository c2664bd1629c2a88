package dev.troupe.runtime.kafka;

import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The working thread of a queue, as its polling thread sees it. */
final class Hands {

    private static final Logger LOGGER = LoggerFactory.getLogger(Hands.class);
    private static final Duration INTERRUPT_GRACE = Duration.ofSeconds(1);

    private final String queue;
    private final BatchWorker<?> worker;
    private final Executor thread;
    private final CompletableFuture<Void> closing;
    private final Timer time;

    /**
     * @param closing completed when the queue closes; work goes on until it is stopped
     * @param time takes how long each batch took
     */
    Hands(String queue, BatchWorker<?> worker, Executor thread, CompletableFuture<Void> closing, Timer time) {
        this.queue = queue;
        this.worker = worker;
        this.thread = thread;
        this.closing = closing;
        this.time = time;
    }

    boolean closing() {
        return closing.isDone();
    }

    /** Begins the work on a batch. */
    Job begin(List<ConsumerRecord<byte[], byte[]>> records, Verdicts verdicts) {
        var done = new CompletableFuture<Void>();
        var task = new FutureTask<Void>(() -> run(records, verdicts, done), null);
        thread.execute(task);
        return new Job(task, done);
    }

    private void run(List<ConsumerRecord<byte[], byte[]>> records, Verdicts verdicts, CompletableFuture<Void> done) {
        long started = System.nanoTime();
        try {
            try {
                worker.work(records, verdicts);
            } finally {
                time.record(System.nanoTime() - started, TimeUnit.NANOSECONDS);
            }
            done.complete(null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            done.complete(null);
        } catch (RuntimeException | Error e) {
            LOGGER.atError().setCause(e).addKeyValue("queue", queue).log("the queue's own work failed");
            done.completeExceptionally(e);
        }
    }

    /** Whether it ended, in whatever way, within the time. */
    static boolean await(CompletableFuture<?> end, Duration duration) throws InterruptedException {
        try {
            end.get(duration.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (ExecutionException _) {
            return true;
        } catch (TimeoutException _) {
            return false;
        }
    }

    /** The work on one batch. */
    final class Job {

        private final Future<?> task;
        private final CompletableFuture<Void> done;

        private Job(Future<?> task, CompletableFuture<Void> done) {
            this.task = task;
            this.done = done;
        }

        /** Waits for the end of the work or for the queue to close; whether one of them came within the time. */
        boolean await(Duration duration) throws InterruptedException {
            return Hands.await(CompletableFuture.anyOf(done, closing), duration);
        }

        boolean ended() {
            return done.isDone();
        }

        /** Waits for its end a while, then interrupts it. */
        void stop(Duration patience) throws InterruptedException {
            if (patience.isPositive() && await(patience) && ended()) {
                return;
            }
            task.cancel(true);
            if (!Hands.await(done, INTERRUPT_GRACE)) {
                LOGGER.atWarn().addKeyValue("queue", queue).log("the handler does not heed its interrupt");
            }
        }

        /** Throws when the work ended by a fault of the queue's own, which the log tells. */
        void check() {
            if (done.isCompletedExceptionally()) {
                throw new IllegalStateException("the queue's own work failed; see the error before");
            }
        }
    }
}
