package dev.troupe.cli.bench.trainer;

import dev.troupe.cli.bench.machine.Machine;
import dev.troupe.cli.bench.machine.PeakMemory;
import dev.troupe.cli.bench.peer.Precision;
import dev.troupe.cli.files.Directories;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One run from start to report: owns both sides and a directory for what they exchange. */
final class TrainerSession implements TrainerBench.Sides, AutoCloseable {

    private static final Path SCRIPT = Path.of("policy", "src", "bench", "python", "bench_trl.py");

    private final TrainerPlan plan;
    private final Consumer<String> progress;
    private final Path directory;
    private final List<Side> ours = new ArrayList<>();
    private final Map<Integer, List<Side>> theirsByThreads = new TreeMap<>();
    private @Nullable Opponent opponent;

    private record Opponent(Path python, Path script) {}

    TrainerSession(TrainerPlan plan, Consumer<String> progress) throws IOException {
        this.plan = plan;
        this.progress = progress;
        directory = Files.createTempDirectory("troupe-bench");
        for (Precision precision : plan.precisions()) {
            ours.add(new TroupeSide(
                    plan.backend(precision), precision, PeakMemory.ofThisProcess(), directory.resolve("exchange")));
        }
    }

    /**
     * Has TRL take part, a process for each precision and number of threads, so that each has its own memory.
     *
     * @param home the directory of the sources, where the script is
     */
    void challenge(Path python, Path home) {
        opponent = new Opponent(python, home.resolve(SCRIPT));
    }

    @Override
    public List<Side> ours() {
        return ours;
    }

    @Override
    public List<Side> theirs(Work work) throws IOException {
        List<Side> known = theirsByThreads.get(work.threads());
        if (opponent == null || known != null) {
            return known == null ? List.of() : known;
        }
        // Known before they are started, so that those that are get closed when a later one does not start.
        List<Side> started = new ArrayList<>();
        theirsByThreads.put(work.threads(), started);
        for (Precision precision : plan.precisions()) {
            Path errors = directory.resolve(precision.label() + work.threads() + ".err");
            progress.accept(
                    "starting " + opponent.python() + " (" + precision.label() + ", threads: " + work.threads() + ")");
            started.add(new TrlSide(opponent.python(), opponent.script(), precision, work.threads(), errors));
        }
        return started;
    }

    TrainerReport run() throws IOException {
        Machine machine = Machine.here();
        double loadBefore = Machine.loadAverage();
        List<TrainerResult> results = new TrainerBench(plan, progress).run(this, directory);
        return new TrainerReport(machine, Machine.Load.since(loadBefore), results);
    }

    @Override
    public void close() {
        theirsByThreads.values().forEach(sides -> sides.forEach(Side::close));
        ours.forEach(Side::close);
        delete();
    }

    private void delete() {
        try {
            Directories.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + directory, e);
        }
    }
}
