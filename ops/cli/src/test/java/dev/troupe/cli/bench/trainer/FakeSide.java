package dev.troupe.cli.bench.trainer;

import dev.troupe.cli.bench.peer.Precision;
import dev.troupe.policy.TrainablePolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** Takes a constant time, and writes down what it was asked for. */
final class FakeSide implements Side {

    private final String name;
    private final double seconds;
    private final long seed;
    private final List<String> log;
    private GrpoSize size = TrainerBenchTest.SIZE;

    /** @param seed of the weights that it says it ends with */
    FakeSide(String name, double seconds, long seed, List<String> log) {
        this.name = name;
        this.seconds = seconds;
        this.seed = seed;
        this.log = log;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Precision precision() {
        return Precision.FP32;
    }

    @Override
    public void prepare(Task task) {
        size = task.size();
        log.add(name + " prepares " + task.work().label());
    }

    @Override
    public Step run() {
        log.add(name);
        return new Step(seconds, seconds / 2, OptionalLong.of(1 << 20), 0, 0.5);
    }

    @Override
    public void save(Path directory) throws IOException {
        try (var policy = TrainablePolicy.initialize(size.config(), seed)) {
            policy.save(directory);
        }
    }

    @Override
    public void close() {
        log.add(name + " closes");
    }
}
