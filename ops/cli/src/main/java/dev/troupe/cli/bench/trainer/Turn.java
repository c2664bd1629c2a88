package dev.troupe.cli.bench.trainer;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A side with what it has done so far. */
final class Turn {

    private final Side side;
    private final List<Double> seconds = new ArrayList<>();
    private final List<Double> cpuSeconds = new ArrayList<>();
    private OptionalLong peakBytes = OptionalLong.empty();
    private Side.@Nullable Step first;

    Turn(Side side) {
        this.side = side;
    }

    Side side() {
        return side;
    }

    /** The first step of all. */
    Side.Step first() {
        if (first == null) {
            throw new IllegalStateException("no step was taken");
        }
        return first;
    }

    private Side.Step step() throws IOException {
        Side.Step step = side.run();
        peakBytes = step.peakBytes();
        if (first == null) {
            first = step;
        }
        return step;
    }

    void take(int steps) throws IOException {
        for (int i = 0; i < steps; i++) {
            step();
        }
    }

    void warmUp(Duration atLeast) throws IOException {
        double spent = 0;
        do {
            spent += step().seconds();
        } while (spent * 1e9 < atLeast.toNanos());
    }

    /** Takes steps until so much time was spent; their means are the round's. */
    void round(Duration atLeast) throws IOException {
        double spent = 0;
        double cpu = 0;
        int steps = 0;
        do {
            Side.Step step = step();
            spent += step.seconds();
            cpu += step.cpuSeconds();
            steps++;
        } while (spent * 1e9 < atLeast.toNanos());
        seconds.add(spent / steps);
        cpuSeconds.add(cpu / steps);
    }

    Steps steps() {
        return new Steps(side.name(), side.precision(), seconds, cpuSeconds, peakBytes);
    }
}
