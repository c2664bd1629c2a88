package dev.troupe.reward.coordinator;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.streams.processor.api.ProcessorContext;

/**
 * Asks for a commit in a lull. Nobody can read a turn or a step before it is committed; while records keep coming, a
 * larger transaction is cheaper for all of them, but once they do not, the rest of the commit interval is spent waiting
 * for nothing. Agents and judges that have answered wait for the next commit too, so lulls come often.
 *
 * <p>A commit is one of all partitions of a thread, so it is a lull when none of them is busy. With several threads
 * that of another counts too; then the commit interval decides.
 */
final class EarlyCommit {

    /** How long nothing must have come. The thread looks up as often, see {@code poll.ms}. */
    static final Duration LULL = Duration.ofMillis(3);

    private final ProcessorContext<?, ?> context;
    private final AtomicLong records;
    private long before;
    private boolean awaited;

    /** @param records that came in all; shared by the partitions */
    EarlyCommit(ProcessorContext<?, ?> context, AtomicLong records) {
        this.context = context;
        this.records = records;
        this.before = records.get();
    }

    /** A record has come. */
    void came() {
        records.incrementAndGet();
    }

    /** Something was sent that somebody waits for. */
    void sent() {
        awaited = true;
    }

    /** To be called at every {@link #LULL}. */
    void tick() {
        long now = records.get();
        if (awaited && now == before) {
            context.commit();
            awaited = false;
        }
        before = now;
    }
}
