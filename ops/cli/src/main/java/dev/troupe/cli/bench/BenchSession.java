package dev.troupe.cli.bench;

import dev.troupe.cli.bench.machine.Machine;
import dev.troupe.cli.bench.machine.PeakMemory;
import dev.troupe.cli.bench.peer.Precision;
import dev.troupe.cli.files.Directories;
import dev.troupe.policy.MatmulCeiling;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** One run from start to report: owns the contenders and a directory for their models. */
final class BenchSession implements AutoCloseable {

    private static final Path SCRIPT = Path.of("policy", "src", "bench", "python", "bench_transformers.py");
    private static final Duration CEILING = Duration.ofSeconds(1);

    private final Consumer<String> progress;
    private final Path directory;
    private final List<Contender> ours = new ArrayList<>();
    private final List<Contender> theirs = new ArrayList<>();

    BenchSession(Consumer<String> progress) throws IOException {
        this.progress = progress;
        directory = Files.createTempDirectory("troupe-bench");
        for (TroupeContender.Backend backend : TroupeContender.Backend.ALL) {
            ours.add(new TroupeContender(backend, PeakMemory.ofThisProcess()));
        }
    }

    /**
     * Has transformers take part, a process for each precision, so that each has its own memory.
     *
     * @param home the directory of the sources, where the script is
     */
    void challenge(Path python, Path home) throws IOException {
        for (Precision precision : Precision.values()) {
            Path errors = directory.resolve(precision.label() + ".err");
            progress.accept("starting " + python + " (" + precision.label() + ")");
            theirs.add(new TransformersContender(python, home.resolve(SCRIPT), precision, errors));
        }
    }

    BenchReport run(BenchPlan plan) throws IOException {
        Machine machine = Machine.here();
        double loadBefore = Machine.loadAverage();
        double ceilingBefore = MatmulCeiling.gigaflops(CEILING);
        List<Result> results = new PolicyBench(plan, ours, theirs, progress).run(directory);
        double ceiling = Math.max(ceilingBefore, MatmulCeiling.gigaflops(CEILING));
        var load = Machine.Load.since(loadBefore);
        return new BenchReport(machine, load, ceiling, results);
    }

    @Override
    public void close() {
        theirs.forEach(Contender::close);
        ours.forEach(Contender::close);
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
