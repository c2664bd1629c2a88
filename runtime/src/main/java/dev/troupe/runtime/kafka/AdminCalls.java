package dev.troupe.runtime.kafka;

import static dev.troupe.runtime.kafka.ClusterException.Reason.BROKER_UNREACHABLE;
import static dev.troupe.runtime.kafka.ClusterException.Reason.NOT_PERMITTED;
import static dev.troupe.runtime.kafka.ClusterException.Reason.REFUSED;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers of an admin client, with failures named. */
final class AdminCalls {

    private static final Logger LOGGER = LoggerFactory.getLogger(AdminCalls.class);
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private AdminCalls() {}

    static <T> T get(String what, KafkaFuture<T> answer) throws InterruptedException {
        try {
            return answer.get(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw failure(what, e);
        } catch (TimeoutException e) {
            throw new ClusterException(
                    BROKER_UNREACHABLE, "the cluster did not %s within %s s".formatted(what, DEADLINE.toSeconds()), e);
        }
    }

    static ClusterException failure(String what, ExecutionException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        ClusterException.Reason reason =
                switch (cause) {
                    case AuthenticationException _, AuthorizationException _ -> NOT_PERMITTED;
                    case org.apache.kafka.common.errors.TimeoutException _ -> BROKER_UNREACHABLE;
                    default -> REFUSED;
                };
        return new ClusterException(
                reason,
                "the cluster did not %s: %s: %s"
                        .formatted(what, cause.getClass().getSimpleName(), cause.getMessage()),
                cause);
    }

    /**
     * Returns when every partition's leader answers for it. A record sent to a fresh topic before that can be lost by
     * an idempotent producer (KAFKA-15591); listing offsets is what the leader answers only when it is ready.
     */
    static void awaitWritable(Admin admin, Collection<String> topics) throws InterruptedException {
        InstantSource clock = InstantSource.system();
        var outage = new Outage(LOGGER, "leaders of the topics", clock);
        var limit = clock.instant().plus(DEADLINE);
        while (true) {
            String reason = leadersMissing(admin, topics);
            if (reason.isEmpty()) {
                outage.over();
                return;
            }
            if (clock.instant().isAfter(limit)) {
                throw new ClusterException(
                        BROKER_UNREACHABLE,
                        "the topics do not take records %s s after they were created: %s"
                                .formatted(DEADLINE.toSeconds(), reason));
            }
            pause(outage.failed(reason));
        }
    }

    /** Waits; throws when interrupted. */
    static void pause(Duration duration) throws InterruptedException {
        boolean never = new CountDownLatch(1).await(duration.toMillis(), TimeUnit.MILLISECONDS);
        if (never) {
            throw new IllegalStateException("nobody counts this down");
        }
    }

    private static String leadersMissing(Admin admin, Collection<String> topics) throws InterruptedException {
        try {
            Map<String, TopicDescription> found =
                    admin.describeTopics(topics).allTopicNames().get();
            List<TopicPartition> partitions = new ArrayList<>();
            found.forEach((name, topic) ->
                    topic.partitions().forEach(part -> partitions.add(new TopicPartition(name, part.partition()))));
            Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
            partitions.forEach(partition -> latest.put(partition, OffsetSpec.latest()));
            admin.listOffsets(latest).all().get();
            return "";
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RetriableException) {
                return String.valueOf(e.getCause());
            }
            throw failure("list the offsets of the topics", e);
        }
    }
}
