package dev.troupe.cli.bench.stream;

import static dev.troupe.schemas.TopicCatalog.ACTIONS;
import static dev.troupe.schemas.TopicCatalog.EPISODE_GROUPS;
import static dev.troupe.schemas.TopicCatalog.MODEL_VERSIONS;
import static dev.troupe.schemas.TopicCatalog.TASKS;
import static dev.troupe.schemas.TopicCatalog.TURNS;

import dev.troupe.cli.rehearsal.RehearsalEnvironment;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.Origin;
import dev.troupe.runtime.kafka.TopicWriter;
import dev.troupe.schemas.MalformedRecordException;
import dev.troupe.schemas.avro.Turn;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.ObjLongConsumer;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Feeds tasks and plays every turn the moment it can be read, all on the caller's thread. It may hold the second role
 * of each episode back, so that as many groups as wanted stay open.
 */
final class InstantTeam implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(20);

    private final KafkaClients clients;
    private final TopicWriter writer;
    private final Consumer<byte[], byte[]> consumer;
    private final Rehearsal rehearsal = new Rehearsal();
    private final Deque<Turn> heldBack = new ArrayDeque<>();
    private final String run;
    private long fed;
    private long closed;
    private int groupsHeld;

    /** @param run makes the ids of its tasks its own */
    InstantTeam(KafkaClients clients, String run) throws IOException, InterruptedException {
        this.clients = clients;
        this.run = run;
        this.writer = new TopicWriter(clients, "bench-team");
        this.consumer = BenchTopics.readFromEnd(clients, "bench-team", List.of(TURNS.name(), EPISODE_GROUPS.name()));
        announce();
    }

    private void announce() throws IOException, InterruptedException {
        try {
            Origin _ = writer.send(MODEL_VERSIONS, Rehearsal.TEAM, Rehearsal.version())
                    .get(30, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the broker did not take the model version of the benchmark: " + e, e);
        }
    }

    /** From now on, the second role acts only once so many younger groups wait for theirs; 0 holds nothing back. */
    void hold(int groups) {
        groupsHeld = groups;
    }

    /** Feeds until so many groups are held back. */
    void fill() throws IOException {
        var patience = new Patience("groups dealt", (long) groupsHeld * Rehearsal.EPISODES);
        while (patience.waits(heldBack.size())) {
            if (fed - closed < groupsHeld) {
                feed();
            }
            playWhatCame(fed - closed < groupsHeld ? Duration.ZERO : POLL, (_, _) -> {});
        }
    }

    /** Plays so many groups to their end, with so many under way at a time beside those that are held back. */
    void play(long groups, int window) throws IOException {
        long target = closed + groups;
        long lastFed = fed + groups;
        var patience = new Patience("groups", target);
        while (patience.waits(closed)) {
            while (fed < lastFed && fed - closed < groupsHeld + window) {
                feed();
            }
            playWhatCame(POLL, (_, _) -> {});
        }
    }

    /** Feeds so many groups at a steady rate, whatever comes of them, and plays until they have ended. */
    void playAt(double groupsPerSecond, long groups, ObjLongConsumer<Turn> played) throws IOException {
        long target = closed + groups;
        long first = fed;
        long started = System.nanoTime();
        var patience = new Patience("groups", target);
        while (patience.waits(closed)) {
            long due = Math.min(groups, 1 + (long) ((System.nanoTime() - started) / 1e9 * groupsPerSecond));
            while (fed - first < due) {
                feed();
            }
            playWhatCame(Duration.ofMillis(1), played);
        }
    }

    private void feed() {
        String taskId = run + "-" + fed++;
        // A record that is lost stalls the run, which says so.
        var _ = writer.send(TASKS, taskId, Rehearsal.task(taskId));
    }

    private void playWhatCame(Duration within, ObjLongConsumer<Turn> played) throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptException("the benchmark was interrupted");
        }
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(within)) {
            if (record.topic().equals(EPISODE_GROUPS.name())) {
                closed++;
                continue;
            }
            Turn turn = turn(record);
            if (groupsHeld > 0 && turn.getRole().equals(RehearsalEnvironment.SECOND)) {
                heldBack.addLast(turn);
            } else {
                act(turn);
                played.accept(turn, record.timestamp());
            }
        }
        while (heldBack.size() > (long) groupsHeld * Rehearsal.EPISODES) {
            act(heldBack.removeFirst());
        }
    }

    private Turn turn(ConsumerRecord<byte[], byte[]> record) throws IOException {
        try {
            return clients.codec().decode(TURNS, record.value());
        } catch (MalformedRecordException e) {
            throw new IOException("a turn cannot be read: " + e.getMessage(), e);
        }
    }

    private void act(Turn turn) {
        var _ = writer.send(ACTIONS, turn.getTaskId(), rehearsal.action(turn, System.currentTimeMillis()));
    }

    @Override
    public void close() {
        consumer.close();
        writer.close();
    }
}
