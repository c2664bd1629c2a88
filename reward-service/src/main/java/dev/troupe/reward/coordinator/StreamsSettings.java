package dev.troupe.reward.coordinator;

import dev.troupe.schemas.Topic;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/** The coordinator's settings for Kafka Streams, on top of what the user passes through. */
public final class StreamsSettings {

    private StreamsSettings() {}

    /** @param base pass-through settings, bootstrap servers and application id among them */
    public static Properties of(Map<String, Object> base, CoordinatorOptions options) {
        var all = new HashMap<String, Object>();
        // Ours where the user says nothing.
        // While records keep coming; in a lull the coordinator asks for a commit itself. It can only do so when the
        // thread comes back from waiting for records, which by default takes up to 100 ms.
        all.put("commit.interval.ms", 50);
        all.put("poll.ms", EarlyCommit.LULL.toMillis());
        all.put("num.stream.threads", 1);
        all.put("main.consumer.session.timeout.ms", 10_000);
        all.put("main.consumer.heartbeat.interval.ms", 3_000);
        all.put("producer.linger.ms", 5);
        // Groups are large, and every commit sends what is left at once.
        all.put("producer.batch.size", 256 << 10);
        all.put("statestore.cache.max.bytes", 64L << 20);
        all.put("producer.compression.type", "lz4");
        // Longer than a broker may be away and than a record may wait for the registry; an aborted transaction is
        // played again, so this is about noise, not about loss.
        all.put("producer.transaction.timeout.ms", 120_000);
        all.put("log.summary.interval.ms", 600_000);
        all.put("enable.metrics.push", false);
        all.put("processing.exception.handler.global.enabled", true);
        all.putAll(base);
        // Ours whatever the user says.
        all.put("application.id", options.applicationId());
        all.put("state.dir", options.stateDir().toAbsolutePath().toString());
        all.put("processing.guarantee", "exactly_once_v2");
        all.put("group.protocol", "classic");
        all.put("ensure.explicit.internal.resource.naming", true);
        // Above buffered.records.per.partition a thread stalls on fetch.max.wait.ms.
        all.put("main.consumer.max.poll.records", 500);
        all.put("producer.max.request.size", Topic.MAX_MESSAGE_BYTES + (64 << 10));
        var properties = new Properties();
        all.forEach((name, value) -> properties.put(name, value));
        return properties;
    }
}
