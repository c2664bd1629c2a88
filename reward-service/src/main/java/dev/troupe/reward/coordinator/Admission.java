package dev.troupe.reward.coordinator;

import dev.troupe.reward.coordinator.Permits.Demand;
import dev.troupe.schemas.avro.Purpose;
import dev.troupe.schemas.avro.Task;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Lets tasks wait, first come first served per team, until they may be dealt.
 *
 * <p>A training task is dealt when there is one of the team's {@link Permits} for it. An evaluation only waits for its
 * policies to exist.
 */
final class Admission {

    private final Duration patience;
    private final KeyValueStore<String, byte[]> waiting;
    private final Pacing pacing;
    private final Permits permits;
    private final long startedAt;
    private final TreeMap<String, WaitingLine> lines = new TreeMap<>();

    /**
     * @param patience with a team without versions
     * @param startedAt epoch ms; patience starts here or when the task came
     */
    Admission(
            Duration patience, KeyValueStore<String, byte[]> waiting, Pacing pacing, Permits permits, long startedAt) {
        this.patience = patience;
        this.waiting = waiting;
        this.pacing = pacing;
        this.permits = permits;
        this.startedAt = startedAt;
        try (KeyValueIterator<String, byte[]> all = waiting.all()) {
            all.forEachRemaining(entry -> {
                var found = WaitingLine.of(entry.key, waiting);
                lines.computeIfAbsent(found.prefix(), _ -> found).count();
            });
        }
    }

    /** What is to become of the task whose turn it is. */
    sealed interface Next {
        WaitingTask task();

        /** Deal it; a task that is not dealt after all gives back its permit with {@link #refused}. */
        record Deal(WaitingTask task, String teamId, Purpose purpose) implements Next {}

        /** No version of a policy appeared in time. */
        record Unknown(WaitingTask task, List<String> missing) implements Next {}
    }

    void enqueue(Task task, WaitingTask entry) {
        var line = new WaitingLine(task.getTeamId(), task.getPurpose(), waiting);
        lines.computeIfAbsent(line.prefix(), _ -> line).add(entry);
    }

    int size() {
        return lines.values().stream().mapToInt(WaitingLine::size).sum();
    }

    /** Takes out the next task that need not wait any longer, if there is one. */
    Optional<Next> take(long now) {
        Optional<Next> next = Optional.empty();
        for (WaitingLine line : lines.values()) {
            next = decide(line, line.first(), now);
            if (next.isPresent()) {
                line.removeFirst();
                break;
            }
        }
        lines.values().removeIf(line -> line.size() == 0);
        return next;
    }

    /** The task was taken out and cannot be dealt. */
    void refused(Next.Deal deal) {
        if (deal.purpose() == Purpose.TRAIN) {
            permits.release(deal.teamId());
        }
    }

    /** Asks for the permits that the tasks left waiting need. */
    void settle(long now) {
        if (!permits.shared()) {
            return;
        }
        Map<String, Demand> demands = new TreeMap<>();
        for (WaitingLine line : lines.values()) {
            if (line.purpose() == Purpose.TRAIN) {
                List<String> policies = line.first().policies();
                boolean playable = pacing.missing(policies).isEmpty();
                demands.put(line.teamId(), playable ? new Demand(policies, line.size()) : Demand.NONE);
            }
        }
        permits.settle(demands, now);
    }

    private Optional<Next> decide(WaitingLine line, WaitingTask task, long now) {
        List<String> missing = pacing.missing(task.policies());
        if (!missing.isEmpty()) {
            long waitingSince = Math.max(task.arrivedAt(), startedAt);
            return now - waitingSince >= patience.toMillis()
                    ? Optional.of(new Next.Unknown(task, missing))
                    : Optional.empty();
        }
        return line.purpose() == Purpose.EVALUATE || permits.take(line.teamId(), task.policies())
                ? Optional.of(new Next.Deal(task, line.teamId(), line.purpose()))
                : Optional.empty();
    }
}
