package dev.troupe.cli.bench.trainer;

import dev.troupe.cli.bench.machine.PeakMemory;
import dev.troupe.cli.bench.peer.Precision;
import dev.troupe.policy.Backend;
import dev.troupe.policy.PolicyOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The trainer's update and an agent's policy, in this process. */
final class TroupeSide implements Side {

    static final double LEARNING_RATE = 1e-3;

    private final PolicyOptions compute;
    private final Precision precision;
    private final PeakMemory memory;
    private final Path exchange;
    private @Nullable Loop loop;

    /** @param exchange directory by which weights get from the trainer to the sampler */
    TroupeSide(Backend backend, Precision precision, PeakMemory memory, Path exchange) {
        this.precision = precision;
        this.memory = memory;
        this.exchange = exchange;
        this.compute = new PolicyOptions(
                backend,
                switch (precision) {
                    case FP32 -> dev.troupe.policy.Precision.FLOAT32;
                    case BF16 -> dev.troupe.policy.Precision.BFLOAT16;
                });
    }

    @Override
    public String name() {
        return "troupe " + compute.backend().name().toLowerCase(Locale.ROOT);
    }

    @Override
    public Precision precision() {
        return precision;
    }

    @Override
    public void prepare(Task task) throws IOException {
        close();
        memory.reset();
        loop = Loop.of(task, compute, LEARNING_RATE, exchange);
    }

    private Loop prepared() {
        if (loop == null) {
            throw new IllegalStateException("nothing was prepared");
        }
        return loop;
    }

    @Override
    public Step run() throws IOException {
        Loop prepared = prepared();
        long begin = System.nanoTime();
        double cpu = cpuSeconds();
        Map<String, Double> metrics = prepared.step();
        double seconds = (System.nanoTime() - begin) / 1e9;
        return new Step(
                seconds,
                cpuSeconds() - cpu,
                memory.bytes(),
                metrics.getOrDefault("loss", Double.NaN),
                metrics.getOrDefault("grad_norm", Double.NaN));
    }

    /** Of all threads of this process; 0 where the system does not tell. */
    private static double cpuSeconds() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getProcessCpuTime() / 1e9
                : 0;
    }

    @Override
    public void save(Path directory) throws IOException {
        prepared().learner().save(directory);
    }

    @Override
    public void close() {
        if (loop != null) {
            loop.close();
            loop = null;
        }
    }
}
