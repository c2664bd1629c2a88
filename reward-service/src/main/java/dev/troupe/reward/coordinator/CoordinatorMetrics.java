package dev.troupe.reward.coordinator;

import dev.troupe.reward.containment.Containment;
import dev.troupe.runtime.kafka.DeadLetterReason;
import dev.troupe.schemas.avro.Episode;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/** What the coordinator counts. Tags are closed sets. Counted when decided: a crash may count an event twice. */
public final class CoordinatorMetrics {

    static final String EPISODES = "troupe.coordinator.episodes";
    static final String GROUPS = "troupe.coordinator.groups";
    static final String TURNS = "troupe.coordinator.turns";
    static final String IGNORED = "troupe.coordinator.ignored";
    static final String DEAD_LETTERS = "troupe.coordinator.dead.letters";
    static final String WAITING = "troupe.coordinator.waiting.tasks";

    /** Openings of tasks that were interrupted and have not ended yet. */
    static final String LEFT_BEHIND = "troupe.coordinator.left.behind";

    private final MeterRegistry meters;
    private final AtomicInteger waiting;

    public CoordinatorMetrics(MeterRegistry meters) {
        this.meters = meters;
        this.waiting = meters.gauge(WAITING, new AtomicInteger());
    }

    void watch(Containment containment) {
        meters.gauge(LEFT_BEHIND, containment, Containment::leftBehind);
    }

    void episode(Episode episode) {
        meters.counter(
                        EPISODES,
                        "status",
                        episode.getStatus().name().toLowerCase(Locale.ROOT),
                        "reason",
                        reason(episode))
                .increment();
    }

    void group() {
        meters.counter(GROUPS).increment();
    }

    void turn(int attempt) {
        meters.counter(TURNS, "dealt", attempt == 0 ? "first" : "again").increment();
    }

    void ignored(Ignored what) {
        meters.counter(IGNORED, "what", what.tag()).increment();
    }

    void deadLetter(DeadLetterReason reason) {
        meters.counter(DEAD_LETTERS, "reason", reason.tag()).increment();
    }

    /** @param change of the number of tasks that wait in all partitions */
    void waiting(int change) {
        waiting.addAndGet(change);
    }

    private static String reason(Episode episode) {
        String reason = episode.getReason();
        if (reason == null) {
            return "none";
        }
        int colon = reason.indexOf(':');
        return (colon < 0 ? reason : reason.substring(0, colon))
                .toLowerCase(Locale.ROOT)
                .replace('_', '-');
    }
}
