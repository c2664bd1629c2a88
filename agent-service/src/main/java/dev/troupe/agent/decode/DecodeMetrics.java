package dev.troupe.agent.decode;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** Meters of one decoding thread. */
final class DecodeMetrics {
    /** Seconds in which the thread computed; the rest of the time it waited for work. */
    static final String BUSY = "troupe.agent.decode.busy";

    /** How long it took to draw one more token for every running sequence, whatever its version. */
    static final String STEP = "troupe.agent.decode.step";

    static final String SEQUENCES = "troupe.agent.decode.sequences";
    static final String RUNNING = "troupe.agent.decode.running";
    static final String WAITING = "troupe.agent.decode.waiting";
    /**
     * How long decoding paused from one step to the next when a version began meanwhile, with its first prompts, or
     * sequences were carried over to it.
     */
    static final String SWAP_PAUSE = "troupe.agent.decode.swap.pause";

    private final Timer step;
    private final Timer swapPause;
    private final DistributionSummary sequences;
    private final LongAdder busyNanos = new LongAdder();
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger waiting = new AtomicInteger();

    DecodeMetrics(MeterRegistry registry, String thread) {
        step = registry.timer(STEP, "thread", thread);
        swapPause = registry.timer(SWAP_PAUSE, "thread", thread);
        sequences = registry.summary(SEQUENCES, "thread", thread);
        FunctionCounter.builder(BUSY, busyNanos, nanos -> nanos.sum() / 1e9)
                .baseUnit("seconds")
                .tag("thread", thread)
                .register(registry);
        Gauge.builder(RUNNING, running, AtomicInteger::get)
                .tag("thread", thread)
                .register(registry);
        Gauge.builder(WAITING, waiting, AtomicInteger::get)
                .tag("thread", thread)
                .register(registry);
    }

    void busy(long nanos) {
        busyNanos.add(nanos);
    }

    void step(int count, long nanos) {
        sequences.record(count);
        step.record(nanos, TimeUnit.NANOSECONDS);
    }

    void swapped(long nanos) {
        swapPause.record(nanos, TimeUnit.NANOSECONDS);
    }

    void sizes(int runningNow, int waitingNow) {
        running.set(runningNow);
        waiting.set(waitingNow);
    }
}
