package dev.troupe.cli.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.troupe.runtime.kafka.DeadLetters;
import dev.troupe.schemas.MalformedRecordException;
import dev.troupe.schemas.RecordCodec;
import dev.troupe.schemas.Topic;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.Task;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * What was sent, what has to become of it by the codec and the catalogue alone, and what became of it. A record takes a
 * dozen bytes here, however large it was.
 */
final class Ledger {

    private static final int MAX_TASK_BYTES = 1 << 20;

    /** What has to become of a record. */
    enum Fate {
        /** Exactly one dead letter. */
        LETTER,
        /** None: whoever reads it can. */
        ACCEPTED,
        /** A task that may be played: either a dead letter or an episode group. */
        TASK,
        /** A step that a judge answers, with a judgement that becomes a letter of its own as no task was dealt. */
        STEP
    }

    private final Fate[] fates;
    private final byte[] topics;
    private final int[] contents;
    private final byte[] letters;
    private final Map<Integer, String> tasks = new HashMap<>();
    private final Map<String, Integer> reasons = new TreeMap<>();
    private int derived;
    private int changed;
    private int missing;

    Ledger(int records) {
        fates = new Fate[records];
        topics = new byte[records];
        contents = new int[records];
        letters = new byte[records];
    }

    /** Notes a record; returns its task if it may be played. */
    Optional<String> sent(int id, ProducerRecord<byte[], byte[]> record, RecordCodec codec) {
        Topic<?> topic = TopicCatalog.find(record.topic()).orElseThrow();
        topics[id] = (byte) TopicCatalog.all().indexOf(topic);
        contents[id] = content(record.key(), record.value(), record.headers(), record.timestamp());
        fates[id] = fate(id, topic, record, codec);
        missing += fates[id] == Fate.LETTER ? 1 : 0;
        return Optional.ofNullable(tasks.get(id));
    }

    private <T extends SpecificRecord> Fate fate(
            int id, Topic<T> topic, ProducerRecord<byte[], byte[]> record, RecordCodec codec) {
        if (record.value() == null) {
            return topic.cleanup() == Topic.Cleanup.COMPACT ? Fate.ACCEPTED : Fate.LETTER;
        }
        T value;
        try {
            value = codec.decode(topic, record.value());
        } catch (MalformedRecordException _) {
            return Fate.LETTER;
        }
        if (value instanceof Task task) {
            if (record.value().length > MAX_TASK_BYTES) {
                return Fate.LETTER;
            }
            tasks.put(id, task.getTaskId());
            return Fate.TASK;
        }
        // No key is not the empty one, even where that is what the value names.
        if (record.key() == null || !topic.keyOf(value).equals(text(record.key()))) {
            return Fate.LETTER;
        }
        return switch (topic.name()) {
            case "steps" -> Fate.STEP;
            // Nobody was dealt their tasks.
            case "actions", "messages", "judgements" -> Fate.LETTER;
            // There is one partition, so none could have written it.
            case "admissions" -> Fate.LETTER;
            default -> Fate.ACCEPTED;
        };
    }

    void letter(ConsumerRecord<byte[], byte[]> letter) {
        Optional<Integer> id = DeadLetters.text(letter.headers(), Mutator.ID).map(Integer::valueOf);
        if (id.isEmpty()) {
            derived++;
            return;
        }
        int which = id.get();
        if (letters[which]++ == 0 && fates[which] == Fate.LETTER) {
            missing--;
        }
        reasons.merge(DeadLetters.text(letter.headers(), DeadLetters.REASON).orElse("none"), 1, Integer::sum);
        boolean same = content(letter.key(), letter.value(), letter.headers(), letter.timestamp()) == contents[which]
                && topic(which)
                        .equals(DeadLetters.text(letter.headers(), DeadLetters.TOPIC)
                                .orElse(""));
        changed += same ? 0 : 1;
    }

    /** Records that have to be letters and are not yet. */
    int missing() {
        return missing;
    }

    /** Letters of records that nobody fuzzed: answers to fuzzed steps. */
    int derived() {
        return derived;
    }

    int changed() {
        return changed;
    }

    Map<String, Integer> reasons() {
        return reasons;
    }

    long count(Fate fate) {
        return Arrays.stream(fates).filter(fate::equals).count();
    }

    /** Steps without a letter of their own. */
    long judgedSteps() {
        return ids().filter(id -> fates[id] == Fate.STEP && letters[id] == 0).count();
    }

    /** Turns without a letter of their own. */
    long acceptedTurns() {
        return ids().filter(id -> fates[id] == Fate.ACCEPTED && topic(id).equals("turns"))
                .count();
    }

    /** Tasks of which there is neither a letter nor a group. */
    long openTasks(Set<String> grouped) {
        return tasks.entrySet().stream()
                .filter(task -> letters[task.getKey()] == 0 && !grouped.contains(task.getValue()))
                .count();
    }

    /** What does not add up, for a person; empty when all does. */
    String faults() {
        return ids().filter(id -> letters[id] > 1
                        || (fates[id] == Fate.LETTER && letters[id] == 0)
                        || (fates[id] == Fate.ACCEPTED && letters[id] > 0))
                .limit(20)
                .mapToObj(id -> "%d of %s: %s with %d letters".formatted(id, topic(id), fates[id], letters[id]))
                .collect(Collectors.joining("\n"));
    }

    private IntStream ids() {
        return IntStream.range(0, fates.length);
    }

    private String topic(int id) {
        return TopicCatalog.all().get(topics[id]).name();
    }

    private static String text(byte @Nullable [] key) {
        return key == null ? "" : new String(key, UTF_8);
    }

    private static int content(byte @Nullable [] key, byte @Nullable [] value, Headers headers, long timestamp) {
        int hash = 31 * Arrays.hashCode(key) + Arrays.hashCode(value);
        for (Header header : headers) {
            if (!header.key().startsWith("__troupe.")) {
                hash = 31 * hash + header.key().hashCode();
                hash = 31 * hash + Arrays.hashCode(header.value());
            }
        }
        return 31 * hash + Long.hashCode(timestamp);
    }
}
