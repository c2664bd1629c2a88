package dev.troupe.runtime.kafka;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** What of a topic a {@link TopicScan} reads; never beyond the end that the topic has when the scan begins. */
public sealed interface ScanRange {

    /** Everything that the topic holds. */
    ScanRange ALL = new All();

    /** Everything that the topic holds. */
    record All() implements ScanRange {}

    /**
     * From an instant on.
     *
     * @param from by the records' timestamps; what is older but lies behind the first such record is read too
     */
    record Since(Instant from) implements ScanRange {
        public Since {
            requireNonNull(from, "from is null");
        }
    }

    /**
     * From one offset to another, both included; partitions that are not named are not read.
     *
     * @param first by partition
     * @param last by partition; without one, the partition is read to its end
     */
    record Offsets(Map<TopicPartition, Long> first, Map<TopicPartition, Long> last) implements ScanRange {
        public Offsets {
            first = Map.copyOf(first);
            last = Map.copyOf(last);
        }
    }
}
