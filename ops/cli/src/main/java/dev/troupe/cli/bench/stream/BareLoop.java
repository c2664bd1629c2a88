package dev.troupe.cli.bench.stream;

import dev.troupe.runtime.kafka.KafkaClients;
import java.io.IOException;

/** The ceiling of broker and clients: records are written and read, and nothing else is done. */
final class BareLoop implements Lane {

    private final int records;
    private final PlainLoad load;

    BareLoop(KafkaClients clients, int records) {
        this.records = records;
        this.load = new PlainLoad(clients, name(), BenchTopics.LOOP, BenchTopics.LOOP);
    }

    @Override
    public String name() {
        return "bare-loop";
    }

    @Override
    public Sample run() throws IOException, InterruptedException {
        var watch = new Stopwatch(name());
        load.send(records);
        return watch.stop(2L * records, 0);
    }

    @Override
    public void close() {
        load.close();
    }
}
