package dev.troupe.schemas;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;

/**
 * One topic of the catalogue: the single source of its name, layout, retention, key and schema.
 *
 * @param <T> the generated record that its values hold
 * @param name the topic's name, lower case with dashes
 * @param key what the record key (UTF-8 text) names
 * @param type the generated class of the value; the subject is {@code <name>-value}
 * @param cleanup how old records leave
 * @param retention how long a record is kept; with {@link Cleanup#COMPACT} how long before it may be compacted
 * @param writtenBy the services that produce it
 * @param readBy the services that consume it
 */
public record Topic<T extends SpecificRecord>(
        String name,
        String key,
        Class<T> type,
        Cleanup cleanup,
        Duration retention,
        List<String> writtenBy,
        List<String> readBy) {

    /** Largest record a topic takes; more is refused at the producer with a clear error. */
    public static final int MAX_MESSAGE_BYTES = 8 << 20;

    private static final String TASK = "task";

    /** How old records leave a topic. */
    public enum Cleanup {
        DELETE,
        COMPACT
    }

    public Topic {
        requireNonNull(type, "type is null");
        if (!name.matches("[a-z]+(-[a-z]+)*")) {
            throw new IllegalArgumentException("topic name is not lower case with dashes: " + name);
        }
        if (retention.isNegative() || retention.isZero()) {
            throw new IllegalArgumentException("retention of " + name + " is not positive: " + retention);
        }
        writtenBy = List.copyOf(writtenBy);
        readBy = List.copyOf(readBy);
    }

    /** The Avro schema of the values. */
    public Schema schema() {
        return SpecificData.get().getSchema(type);
    }

    /** The registry subject of the values (Confluent's TopicNameStrategy). */
    public String subject() {
        return name + "-value";
    }

    /** What the key of a record with this value has to be: the field named {@link #key()}, or that of its task. */
    public String keyOf(T value) {
        Schema.Field own = value.getSchema().getField(key);
        if (own != null) {
            return String.valueOf(value.get(own.pos()));
        }
        Schema.Field task = value.getSchema().getField(TASK);
        if (task != null && value.get(task.pos()) instanceof SpecificRecord named) {
            Schema.Field field = named.getSchema().getField(key);
            if (field != null) {
                return String.valueOf(named.get(field.pos()));
            }
        }
        throw new IllegalStateException("values of %s have no field %s".formatted(name, key));
    }

    /** The topic's settings under Kafka's own names. */
    public Map<String, String> settings() {
        var settings = new TreeMap<String, String>();
        settings.put("max.message.bytes", Integer.toString(MAX_MESSAGE_BYTES));
        switch (cleanup) {
            case DELETE -> {
                settings.put("cleanup.policy", "delete");
                settings.put("retention.ms", Long.toString(retention.toMillis()));
            }
            case COMPACT -> {
                settings.put("cleanup.policy", "compact");
                // Versions stay readable one by one for this long, so that an evaluation can still pin one.
                settings.put("min.compaction.lag.ms", Long.toString(retention.toMillis()));
            }
        }
        return settings;
    }
}
