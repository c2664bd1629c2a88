package dev.troupe.cli.dlq;

import dev.troupe.cli.terminal.Printable;
import dev.troupe.runtime.kafka.DeadLetters;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.ScanRange;
import dev.troupe.runtime.kafka.TopicScan;
import dev.troupe.schemas.TopicCatalog;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;

/**
 * Feeds letters again, each with a marker beside the letters, in one transaction: all of it happens or nothing, and
 * what has happened is known to the next replay. The transactional id is the same for everybody, so a replay that
 * starts ends another one's open transaction, and waits for a decided one, before it looks at the markers.
 */
final class Replay {

    private static final String TRANSACTIONAL_ID = "troupe-dlq-replay";

    private final KafkaClients clients;
    private final ReplayPlan.Choice choice;
    private final Consumer<String> terminal;
    private int sent;
    private int skipped;
    private int refused;

    /** @param terminal takes what is printed, line by line */
    Replay(KafkaClients clients, ReplayPlan.Choice choice, Consumer<String> terminal) {
        this.clients = clients;
        this.choice = choice;
        this.terminal = terminal;
    }

    /** Says what would go where. Returns whether nothing would be refused. */
    boolean rehearse() throws InterruptedException {
        visit(_ -> {});
        report("would be replayed");
        return refused == 0;
    }

    /**
     * Sends. Returns whether nothing was refused.
     *
     * @throws IllegalStateException when nothing was replayed, or it is not known, with what to do
     */
    boolean run() throws InterruptedException {
        try (var producer = clients.producer(TRANSACTIONAL_ID, Map.of("transactional.id", TRANSACTIONAL_ID))) {
            producer.initTransactions();
            producer.beginTransaction();
            visit(letter -> send(producer, letter));
            if (sent == 0) {
                producer.abortTransaction();
            } else {
                producer.commitTransaction();
            }
        } catch (ProducerFencedException | InvalidProducerEpochException e) {
            throw new IllegalStateException(
                    "nothing was replayed: another replay was started meanwhile, or this one took longer than"
                            + " transaction.timeout.ms; take fewer with --limit",
                    e);
        } catch (KafkaException e) {
            throw new IllegalStateException(
                    "the replay failed: %s; run it again: all of it has happened or nothing, and what has happened is skipped"
                            .formatted(e.getMessage()),
                    e);
        }
        report("replayed");
        return refused == 0;
    }

    /** A send that fails makes the commit throw, so the futures need no look. */
    @SuppressWarnings("FutureReturnValueIgnored")
    private static void send(Producer<byte[], byte[]> producer, ConsumerRecord<byte[], byte[]> letter) {
        DeadLetters.replay(letter).ifPresent(original -> {
            producer.send(original);
            producer.send(DeadLetters.replayMarker(letter));
        });
    }

    private void visit(Consumer<ConsumerRecord<byte[], byte[]>> sender) throws InterruptedException {
        var scan = new TopicScan(clients, "troupe-dlq");
        ReplayPlan plan = ReplayPlan.of(scan, choice);
        Set<Position> missing = new HashSet<>(plan.chosen());
        scan.raw(TopicCatalog.DEAD_LETTERS, new ScanRange.Offsets(plan.first(), plan.last()), record -> {
            if (missing.remove(Position.of(record))) {
                take(plan, record, sender);
            }
        });
        plan.chosen().stream().filter(missing::contains).forEach(position -> refuse(position, "there is no letter"));
    }

    private void take(
            ReplayPlan plan, ConsumerRecord<byte[], byte[]> record, Consumer<ConsumerRecord<byte[], byte[]>> sender) {
        Position position = Position.of(record);
        if (plan.replayed(position)) {
            skipped++;
            terminal.accept(position + "  skipped: it was replayed before; --again replays it");
            return;
        }
        Optional<String> fault = fault(record);
        if (fault.isPresent()) {
            refuse(position, fault.get());
            return;
        }
        sender.accept(record);
        sent++;
        Letter letter = Letter.of(record);
        terminal.accept(
                "%s  to %s  key=%s  %d bytes".formatted(position, letter.topic(), letter.key(), letter.bytes()));
    }

    private static Optional<String> fault(ConsumerRecord<byte[], byte[]> record) {
        if (!DeadLetters.isLetter(record)) {
            return Optional.of("it is no letter but the mark of a replay");
        }
        Optional<String> omitted = DeadLetters.text(record.headers(), DeadLetters.OMITTED);
        if (omitted.isPresent()) {
            return Optional.of("its value of %s bytes did not fit into the letter; feed the original again"
                    .formatted(Printable.text(omitted.get())));
        }
        Optional<ProducerRecord<byte[], byte[]>> original = DeadLetters.replay(record);
        if (original.isEmpty()) {
            return Optional.of("it does not say which topic it came from");
        }
        String topic = original.get().topic();
        return TopicCatalog.find(topic).isPresent()
                ? Optional.empty()
                : Optional.of("it came from '%s', which is no topic of Troupe".formatted(Printable.text(topic)));
    }

    private void refuse(Position position, String reason) {
        refused++;
        terminal.accept("%s  refused: %s".formatted(position, reason));
    }

    private void report(String what) {
        terminal.accept("%d %s, %d skipped, %d refused".formatted(sent, what, skipped, refused));
    }
}
