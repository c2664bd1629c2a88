package dev.troupe.cli.bench;

import dev.troupe.cli.bench.peer.Precision;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** Takes a constant time, and writes down what it was asked for. */
final class FakeContender implements Contender {

    private final String name;
    private final Precision precision;
    private final double seconds;
    private final double loss;
    private final List<String> log;

    FakeContender(String name, Precision precision, double seconds, double loss, List<String> log) {
        this.name = name;
        this.precision = precision;
        this.seconds = seconds;
        this.loss = loss;
        this.log = log;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Precision precision() {
        return precision;
    }

    @Override
    public void prepare(ModelSize size, Path model, Workload workload) {
        log.add(name + " prepares " + workload.label());
    }

    @Override
    public Run run() {
        log.add(name);
        return new Run(seconds, OptionalLong.of(1 << 20), OptionalDouble.of(loss));
    }

    @Override
    public void close() {
        log.add(name + " closes");
    }
}
