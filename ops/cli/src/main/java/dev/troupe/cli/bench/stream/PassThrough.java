package dev.troupe.cli.bench.stream;

import dev.troupe.runtime.kafka.KafkaClients;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.Topology;

/**
 * The ceiling of Kafka Streams: an application with the coordinator's settings, exactly once and with the same commits,
 * that hands bytes on and has neither state nor schemas.
 */
final class PassThrough implements Lane {

    static final String NAME = "pass-through";
    /** In the names of all threads of the application and of its clients, and not in those of its load. */
    static final String THREADS = NAME + "-";

    private static final Duration CLOSED_WITHIN = Duration.ofSeconds(5);

    private final int records;
    private final PlainLoad load;
    private final KafkaStreams streams;

    /** @param coordinator the settings of the coordinator it stands beside */
    PassThrough(KafkaClients clients, int records, Path directory, Properties coordinator) {
        this.records = records;
        this.load = new PlainLoad(clients, name(), BenchTopics.IN, BenchTopics.OUT);
        var topology = new Topology();
        topology.addSource("source", new ByteArrayDeserializer(), new ByteArrayDeserializer(), BenchTopics.IN);
        topology.addSink("sink", BenchTopics.OUT, new ByteArraySerializer(), new ByteArraySerializer(), "source");
        var settings = new Properties();
        settings.putAll(coordinator);
        settings.put("application.id", name());
        settings.put("state.dir", directory.resolve(name()).toString());
        this.streams = new KafkaStreams(topology, settings);
        streams.start();
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Sample run() throws IOException, InterruptedException {
        var watch = new Stopwatch(THREADS);
        load.send(records);
        return watch.stop(2L * records, 0);
    }

    @Override
    public void close() {
        streams.close(CloseOptions.timeout(CLOSED_WITHIN)
                .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
        load.close();
    }
}
