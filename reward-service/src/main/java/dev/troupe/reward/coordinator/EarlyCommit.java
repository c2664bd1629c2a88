package dev.troupe.reward.coordinator;

import java.time.Duration;
import org.apache.kafka.streams.processor.api.ProcessorContext;

/**
 * Asks for a commit in a lull. Nobody can read a turn or a step before it is committed; while records keep coming, a
 * larger transaction is cheaper for all of them, but once they do not, the rest of the commit interval is spent waiting
 * for nothing. Agents and judges that have answered wait for the next commit too, so lulls come often.
 */
final class EarlyCommit {

    /** How long nothing must have come. The thread looks up as often, see {@code poll.ms}. */
    static final Duration LULL = Duration.ofMillis(3);

    private final ProcessorContext<?, ?> context;
    private long records;
    private boolean awaited;

    EarlyCommit(ProcessorContext<?, ?> context) {
        this.context = context;
    }

    /** A record has come. */
    void came() {
        records++;
    }

    /** Something was sent that somebody waits for. */
    void sent() {
        awaited = true;
    }

    /** To be called at every {@link #LULL}. */
    void tick() {
        if (awaited && records == 0) {
            context.commit();
            awaited = false;
        }
        records = 0;
    }
}
