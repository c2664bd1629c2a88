package dev.troupe.cli.bench.swap;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.cumulative.CumulativeTimer;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.pause.PauseDetector;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A registry that keeps, of an agent with one decoding thread, when each decode step ended and how long it took, when
 * each version was loaded and swapped, and how long decoding paused for it. What is measured is told by the agent's own
 * meters; it is not changed for it.
 */
final class StepTape extends SimpleMeterRegistry {

    private static final String STEP = "troupe.agent.decode.step";
    private static final String PAUSE = "troupe.agent.decode.swap.pause";
    private static final String LOAD = "troupe.agent.model.load";
    private static final String SWAP = "troupe.agent.model.swap";

    // guarded by this
    private final List<Step> steps = new ArrayList<>();
    // guarded by this
    private final List<Step> pauses = new ArrayList<>();
    // guarded by this
    private final List<Swap> swaps = new ArrayList<>();
    // guarded by this
    private long loadNanos;

    StepTape() {
        super(SimpleConfig.DEFAULT, Clock.SYSTEM);
    }

    /** Of all running sequences, or a pause between two; on {@link System#nanoTime}. */
    record Step(long begin, long end) {}

    /** A version that was loaded from {@code loadedSince} on and swapped in at {@code at}. */
    record Swap(long loadedSince, long at) {}

    @Override
    protected Timer newTimer(Meter.Id id, DistributionStatisticConfig config, PauseDetector pauses) {
        DistributionStatisticConfig whole = config.merge(DistributionStatisticConfig.DEFAULT);
        return new CumulativeTimer(id, clock, whole, pauses, getBaseTimeUnit(), false) {
            @Override
            protected void recordNonNegative(long amount, TimeUnit unit) {
                super.recordNonNegative(amount, unit);
                recorded(id.getName(), unit.toNanos(amount));
            }
        };
    }

    private synchronized void recorded(String meter, long nanos) {
        long now = System.nanoTime();
        switch (meter) {
            case STEP -> steps.add(new Step(now - nanos, now));
            case PAUSE -> pauses.add(new Step(now - nanos, now));
            case LOAD -> loadNanos = nanos;
            // The agent tells how long loading took, then how long swapping did, when both are done.
            case SWAP -> swaps.add(new Swap(now - nanos - loadNanos, now));
            default -> {}
        }
    }

    synchronized List<Step> steps() {
        return List.copyOf(steps);
    }

    /** From one step to the next, where a version began meanwhile or took over what ran. */
    synchronized List<Step> pauses() {
        return List.copyOf(pauses);
    }

    synchronized List<Swap> swaps() {
        return List.copyOf(swaps);
    }
}
