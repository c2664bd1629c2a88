package dev.troupe.runtime.kafka;

/** Names of this package's meters. */
public final class KafkaMeters {

    /** Records set aside; tags {@code stage}, {@code reason}. */
    public static final String DEAD_LETTERS = "troupe.dead.letters";

    /** Records of work queues; tags {@code group}, {@code outcome} (accepted, rejected, released, lost). */
    public static final String WORK_RECORDS = "troupe.work.records";

    /** Time a worker spends on a batch, in seconds; tag {@code group}. */
    public static final String WORK_TIME = "troupe.work.time";

    /** Records that a reader could not decode; tag {@code topic}. */
    public static final String UNREADABLE_RECORDS = "troupe.reader.unreadable";

    private KafkaMeters() {}
}
