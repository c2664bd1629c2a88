package dev.troupe.trainer.report;

import dev.troupe.runtime.kafka.Outage;
import dev.troupe.runtime.kafka.RecordListener;
import dev.troupe.runtime.kafka.TopicRecord;
import dev.troupe.schemas.avro.TrainingStep;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the steps of the topic to one target. One that fails is opened again until it takes the step: nothing is left
 * out, and nobody else waits for it. Driven by its reader's thread.
 */
final class TargetReport implements RecordListener<TrainingStep>, AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(TargetReport.class);

    /** Clocks are set back by less, and nobody trains a second run from the first step in less. */
    private static final Duration SAME_RUN = Duration.ofMinutes(1);

    private final Map<String, StepSink> sinks;
    private final Runnable failures;
    private final Outage outage;
    /** Of each team whose sink is open; owned by the reader's thread. */
    private final Map<String, Place> places = new HashMap<>();
    // guarded by this
    private final Map<String, Long> shown = new HashMap<>();

    /** Where a sink stands. */
    private sealed interface Place {
        /** Open behind its last step. */
        record Open(Optional<StepSink.Last> last) implements Place {}

        /** Another training's; nothing is written there. */
        record Taken() implements Place {}
    }

    /**
     * @param sinks by the teams that are shown
     * @param failures runs whenever a sink does not take a step
     */
    TargetReport(ReportTarget target, Map<String, StepSink> sinks, Runnable failures) {
        this.sinks = Map.copyOf(sinks);
        this.failures = failures;
        this.outage = new Outage(LOGGER, "report to " + target.label(), InstantSource.system());
    }

    @Override
    public void onRecord(TopicRecord<TrainingStep> row) throws InterruptedException {
        TrainingStep step = row.value();
        StepSink sink = sinks.get(step.getTeamId());
        if (sink == null) {
            return;
        }
        for (Optional<Duration> wait = offer(sink, step); wait.isPresent(); wait = offer(sink, step)) {
            // Interrupted when the reader closes; the step comes again at the next start.
            boolean _ = new CountDownLatch(1).await(wait.get().toMillis(), TimeUnit.MILLISECONDS);
        }
        shown(step.getTeamId(), step.getStep());
    }

    /** @return how long to wait before the next try, where the sink has not taken the step */
    private Optional<Duration> offer(StepSink sink, TrainingStep step) throws InterruptedException {
        String teamId = step.getTeamId();
        try {
            Place place = places.get(teamId);
            if (place == null) {
                place = new Place.Open(sink.open());
            }
            places.put(teamId, next(place, sink, step));
            outage.over();
            return Optional.empty();
        } catch (IOException e) {
            failures.run();
            close(teamId, sink);
            return Optional.of(outage.failed(
                    "%s: %s; training goes on, and what is missing follows".formatted(sink.place(), e.getMessage())));
        }
    }

    private Place next(Place place, StepSink sink, TrainingStep step) throws IOException, InterruptedException {
        if (!(place instanceof Place.Open(Optional<StepSink.Last> last))) {
            return place;
        }
        if (last.isEmpty() || step.getStep() > last.get().step()) {
            sink.write(step);
            return new Place.Open(Optional.of(new StepSink.Last(step.getStep(), step.getFinishedAt())));
        }
        if (step.getFinishedAt() > last.get().finishedAt() + SAME_RUN.toMillis()) {
            LOGGER.atError()
                    .addKeyValue("teamId", step.getTeamId())
                    .addKeyValue("step", step.getStep())
                    .addKeyValue("place", sink.place())
                    .log(
                            "the report there ends with an older step {} of another training and is left as it is;"
                                    + " set trainer.logging.dir (or trainer.mlflow.run.id) to a new one",
                            last.get().step());
            return new Place.Taken();
        }
        return place;
    }

    private void close(String teamId, StepSink sink) {
        places.remove(teamId);
        try {
            sink.close();
        } catch (IOException e) {
            LOGGER.atWarn()
                    .addKeyValue("place", sink.place())
                    .addKeyValue("error", e.toString())
                    .log("a report could not be closed");
        }
    }

    private synchronized void shown(String teamId, long step) {
        shown.merge(teamId, step, Math::max);
        notifyAll();
    }

    /** Waits until the step is shown; false when it is not in time. */
    synchronized boolean await(String teamId, long step, Duration within) throws InterruptedException {
        long deadline = System.nanoTime() + within.toNanos();
        while (shown.getOrDefault(teamId, 0L) < step) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return true;
    }

    /** Call it when nothing more comes. */
    @Override
    public void close() {
        sinks.forEach(this::close);
    }
}
