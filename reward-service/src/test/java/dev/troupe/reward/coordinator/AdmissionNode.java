package dev.troupe.reward.coordinator;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.troupe.runtime.kafka.Origin;
import dev.troupe.schemas.avro.AdmissionCounts;
import dev.troupe.schemas.avro.Task;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.streams.processor.api.Record;

/** Admission at one partition: what it consumes, stores and sends is committed together or not at all. */
final class AdmissionNode {

    private final int partition;
    private final CoordinatorOptions options;
    private final MapStore versions;
    private final MapStore waiting = new MapStore();
    private final MapStore admitted = new MapStore();
    private final Deque<Event> inputs = new ArrayDeque<>();
    private final List<Event> consumed = new ArrayList<>();
    private final List<AdmissionCounts> outputs = new ArrayList<>();
    private final List<String> dealt = new ArrayList<>();
    private final List<String> done = new ArrayList<>();
    private int committedDeals;
    private int committedDone;
    private Permits permits;
    private Admission admission;

    /** A task, or what another partition says. */
    sealed interface Event {
        record Fed(Task task, long offset) implements Event {}

        record Told(AdmissionCounts counts) implements Event {}
    }

    AdmissionNode(int partition, CoordinatorOptions options, MapStore versions) {
        this.partition = partition;
        this.options = options;
        this.versions = versions;
        this.permits = permits();
        this.admission = admission(0);
    }

    private Permits permits() {
        return new Permits(partition, options.partitions(), new Pacing(options, versions), admitted, outputs::add);
    }

    private Admission admission(long now) {
        return new Admission(options.timeouts().policy(), waiting, new Pacing(options, versions), permits, now);
    }

    void arrives(Event event) {
        inputs.addLast(event);
    }

    /** Consumes the next event, if there is one, and lets time pass. */
    void work(long now) {
        Event event = inputs.pollFirst();
        switch (event) {
            case null -> {}
            case Event.Fed(Task task, long offset) -> {
                var record = new Record<>(task.getTaskId().getBytes(UTF_8), new byte[0], now);
                var incoming = new Incoming(record, new Origin("tasks", partition, offset));
                admission.enqueue(task, new WaitingTask(now, List.of(task.getTeamId()), incoming));
            }
            case Event.Told(AdmissionCounts counts) -> {
                permits.problem(counts).ifPresent(problem -> {
                    throw new AssertionError(problem);
                });
                permits.hear(counts);
            }
        }
        if (event != null) {
            consumed.add(event);
        }
        Optional<Admission.Next> next = admission.take(now);
        while (next.isPresent()) {
            Admission.Next.Deal deal = (Admission.Next.Deal) next.get();
            String id = String.valueOf(deal.task().original().key());
            done.add(id);
            if (id.endsWith("refused")) {
                admission.refused(deal);
            } else {
                dealt.add(id);
            }
            next = admission.take(now);
        }
        admission.settle(now);
    }

    /** What was sent since the last commit is out now. */
    List<AdmissionCounts> commit() {
        var sent = List.copyOf(outputs);
        waiting.commit();
        admitted.commit();
        consumed.clear();
        outputs.clear();
        committedDeals = dealt.size();
        committedDone = done.size();
        return sent;
    }

    /** Starts over from the last commit. */
    void crash(long now) {
        waiting.rollback();
        admitted.rollback();
        consumed.reversed().forEach(inputs::addFirst);
        consumed.clear();
        outputs.clear();
        dealt.subList(committedDeals, dealt.size()).clear();
        done.subList(committedDone, done.size()).clear();
        permits = permits();
        admission = admission(now);
    }

    /** Ids of tasks that were dealt, in order. */
    List<String> dealt() {
        return dealt;
    }

    /** Ids of tasks that were dealt or refused, in order. */
    List<String> done() {
        return done;
    }

    /** Of those dealt, how many are committed. */
    int committedDeals() {
        return committedDeals;
    }

    int waiting() {
        return waiting.size();
    }
}
