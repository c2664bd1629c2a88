package dev.troupe.reward.kafka;

import dev.troupe.runtime.kafka.ClusterException;
import dev.troupe.runtime.kafka.ClusterException.Reason;
import dev.troupe.runtime.kafka.KafkaClients;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;

/** Topics that are joined by key must have equally many partitions; Streams does not check it for processors. */
public final class CoPartitioning {

    private static final long DEADLINE_SECONDS = 30;

    private CoPartitioning() {}

    /**
     * The number of partitions that all the topics have.
     *
     * @throws ClusterException when they differ, or the broker does not answer within 30 s
     */
    public static int partitions(KafkaClients clients, Collection<String> topics) throws InterruptedException {
        Map<String, Integer> counts = new TreeMap<>();
        try (Admin admin = clients.admin("troupe-reward-partitions")) {
            for (TopicDescription topic : admin.describeTopics(topics)
                    .allTopicNames()
                    .get(DEADLINE_SECONDS, TimeUnit.SECONDS)
                    .values()) {
                counts.put(topic.name(), topic.partitions().size());
            }
        } catch (ExecutionException | TimeoutException e) {
            throw new ClusterException(
                    Reason.BROKER_UNREACHABLE,
                    "cannot describe the topics %s at %s: %s".formatted(topics, clients.bootstrapServers(), e),
                    e);
        }
        return agreed(counts);
    }

    static int agreed(Map<String, Integer> counts) {
        var distinct = new TreeSet<>(counts.values());
        if (distinct.size() != 1) {
            throw new ClusterException(
                    Reason.REFUSED,
                    "topics that are joined by task differ in partitions: %s; make them again with equally many"
                            .formatted(counts));
        }
        return distinct.first();
    }
}
