package dev.troupe.runtime.kafka;

import dev.troupe.runtime.config.Settings;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How the workers of a queue share its records. */
public enum QueueProtocol {
    /**
     * A share group (KIP-932): every worker takes from every partition, and the broker counts deliveries. Needs brokers
     * from Kafka 4.2 on.
     */
    SHARE,
    /**
     * A consumer group of the classic protocol, for older brokers: a partition belongs to one worker at a time, so that
     * no more workers are busy than the queue's topic has partitions; deliveries are counted in the metadata of the
     * committed offsets.
     */
    CONSUMER;

    /** The setting that all services of a cluster have in common. */
    public static final String SETTING = "queue.protocol";

    /** Reads {@link #SETTING}; an unknown name is reported by {@link Settings#check()}. */
    public static QueueProtocol of(Settings settings) {
        String name = settings.text(SETTING, SHARE.tag()).strip();
        for (QueueProtocol protocol : values()) {
            if (protocol.tag().equals(name)) {
                return protocol;
            }
        }
        settings.problem(
                SETTING,
                "'%s' is not one of %s"
                        .formatted(
                                name,
                                Arrays.stream(values()).map(QueueProtocol::tag).collect(Collectors.joining(", "))));
        return SHARE;
    }

    /** The name as settings spell it. */
    public String tag() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The group's id under this protocol: a group id has one type for good, so each protocol has its own. */
    public String groupId(String group) {
        return switch (this) {
            case SHARE -> group;
            case CONSUMER -> group + "-consumer";
        };
    }
}
