package dev.troupe.cli.dlq;

import dev.troupe.runtime.kafka.DeadLetters;
import dev.troupe.runtime.kafka.ScanRange;
import dev.troupe.runtime.kafka.TopicScan;
import dev.troupe.schemas.TopicCatalog;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import java.util.function.BinaryOperator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Which letters a replay takes, found in one pass over the topic; it holds positions and no values. */
final class ReplayPlan {

    /**
     * What is asked for.
     *
     * @param filter of all letters; empty when positions are named
     * @param limit letters at most
     * @param again also what was replayed before
     */
    record Choice(Optional<LetterFilter> filter, List<Position> positions, int limit, boolean again) {
        Choice {
            positions = List.copyOf(positions);
        }
    }

    private final SequencedSet<Position> chosen;
    private final Set<Position> replayed = new HashSet<>();

    private ReplayPlan(List<Position> named) {
        this.chosen = new LinkedHashSet<>(named);
    }

    static ReplayPlan of(TopicScan scan, Choice choice) throws InterruptedException {
        var plan = new ReplayPlan(choice.positions());
        scan.raw(TopicCatalog.DEAD_LETTERS, ScanRange.ALL, record -> plan.visit(record, choice));
        var done = new HashSet<>(plan.replayed);
        if (choice.again()) {
            plan.replayed.clear();
        } else if (choice.filter().isPresent()) {
            // Nobody asked for these by name, so they take no place under the limit.
            plan.chosen.removeAll(done);
        }
        while (plan.chosen.size() > choice.limit()) {
            plan.chosen.removeLast();
        }
        return plan;
    }

    private void visit(ConsumerRecord<byte[], byte[]> record, Choice choice) {
        Letter.marked(record)
                .ifPresentOrElse(
                        replayed::add,
                        () -> choice.filter()
                                .filter(filter -> DeadLetters.isLetter(record) && filter.accepts(Letter.of(record)))
                                .ifPresent(_ -> chosen.add(Position.of(record))));
    }

    SequencedSet<Position> chosen() {
        return chosen;
    }

    boolean replayed(Position position) {
        return replayed.contains(position);
    }

    Map<TopicPartition, Long> first() {
        return bounds(Math::min);
    }

    Map<TopicPartition, Long> last() {
        return bounds(Math::max);
    }

    private Map<TopicPartition, Long> bounds(BinaryOperator<Long> which) {
        var bounds = new HashMap<TopicPartition, Long>();
        chosen.forEach(position -> bounds.merge(position.in(TopicCatalog.DEAD_LETTERS), position.offset(), which));
        return bounds;
    }
}
