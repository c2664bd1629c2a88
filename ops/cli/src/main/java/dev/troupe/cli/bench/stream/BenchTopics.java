package dev.troupe.cli.bench.stream;

import dev.troupe.runtime.kafka.KafkaClients;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;

/** The topics of the ceilings, one partition each, and readers of committed records from the end of topics. */
final class BenchTopics {

    static final String LOOP = "bench-loop";
    static final String IN = "bench-in";
    static final String OUT = "bench-out";

    private static final int ATTEMPTS = 200;
    private static final int SECONDS = 30;

    private BenchTopics() {}

    /** Makes them, and waits until they take records: writing earlier can lose some (KAFKA-15591). */
    static void create(KafkaClients clients) throws IOException, InterruptedException {
        try (Admin admin = clients.admin("bench-admin")) {
            admin.createTopics(List.of(topic(LOOP), topic(IN), topic(OUT)))
                    .all()
                    .get(SECONDS, TimeUnit.SECONDS);
            for (int attempt = 1; !serve(admin); attempt++) {
                if (attempt == ATTEMPTS) {
                    throw new IOException("the broker made the topics of the benchmark, and does not serve them");
                }
            }
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("cannot make the topics of the benchmark: " + e, e);
        }
    }

    private static NewTopic topic(String name) {
        return new NewTopic(name, 1, (short) 1);
    }

    private static boolean serve(Admin admin) throws InterruptedException, ExecutionException, TimeoutException {
        Map<TopicPartition, OffsetSpec> all = List.of(LOOP, IN, OUT).stream()
                .collect(Collectors.toMap(name -> new TopicPartition(name, 0), _ -> OffsetSpec.latest()));
        try {
            Map<TopicPartition, ListOffsetsResultInfo> ends =
                    admin.listOffsets(all).all().get(SECONDS, TimeUnit.SECONDS);
            return ends.size() == all.size();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RetriableException) {
                return false;
            }
            throw e;
        }
    }

    /** A reader of what is committed to the topics from now on. */
    static Consumer<byte[], byte[]> readFromEnd(KafkaClients clients, String clientId, List<String> topics) {
        Consumer<byte[], byte[]> consumer = clients.consumer(clientId, null, Map.of("max.poll.records", 2_000));
        List<TopicPartition> partitions =
                topics.stream().map(name -> new TopicPartition(name, 0)).toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        // Seeking is lazy; where the end was is decided here and not at the first poll.
        partitions.forEach(consumer::position);
        return consumer;
    }
}
