package dev.troupe.cli.dlq;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Where a letter lies in {@code dead-letters}; as text {@code partition:offset}. */
public record Position(int partition, long offset) {

    private static final Pattern TEXT = Pattern.compile("(\\d{1,9}):(\\d{1,18})");

    public Position {
        if (partition < 0 || offset < 0) {
            throw new IllegalArgumentException("no such position: %d:%d".formatted(partition, offset));
        }
    }

    static Position of(ConsumerRecord<?, ?> record) {
        return new Position(record.partition(), record.offset());
    }

    /** @throws IllegalArgumentException with what a position looks like */
    static Position parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "'%s' is not PARTITION:OFFSET, as 0:17; 'troupe dlq list' shows them".formatted(text));
        }
        return new Position(Integer.parseInt(matcher.group(1)), Long.parseLong(matcher.group(2)));
    }

    TopicPartition in(String topic) {
        return new TopicPartition(topic, partition);
    }

    @Override
    public String toString() {
        return partition + ":" + offset;
    }

    /** For parameters of commands. */
    static final class Converter implements ITypeConverter<Position> {
        @Override
        public Position convert(String text) {
            try {
                return parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
