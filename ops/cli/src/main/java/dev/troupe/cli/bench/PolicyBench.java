package dev.troupe.cli.bench;

import dev.troupe.cli.bench.peer.Precision;
import dev.troupe.policy.TrainablePolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** Lets contenders of both sides take turns, round by round, with the same weights and the same tokens. */
final class PolicyBench {

    private static final long WEIGHTS_SEED = 1;

    private final BenchPlan plan;
    private final List<Contender> ours;
    private final List<Contender> theirs;
    private final Consumer<String> progress;

    PolicyBench(BenchPlan plan, List<Contender> ours, List<Contender> theirs, Consumer<String> progress) {
        this.plan = plan;
        this.ours = List.copyOf(ours);
        this.theirs = List.copyOf(theirs);
        this.progress = progress;
    }

    /**
     * Measures every workload on every size.
     *
     * @param directory for the models; what is written stays there
     * @throws IOException when a contender fails, or does not do the same work as the others
     */
    List<Result> run(Path directory) throws IOException {
        List<Result> results = new ArrayList<>();
        for (ModelSize size : plan.sizes()) {
            Path model = directory.resolve(size.name());
            try (var policy = TrainablePolicy.initialize(size.config(), WEIGHTS_SEED)) {
                policy.save(model);
            }
            for (Workload workload : plan.workloads()) {
                Result result = measure(size, model, workload);
                results.add(result);
                progress.accept(summary(result));
            }
        }
        return results;
    }

    private Result measure(ModelSize size, Path model, Workload workload) throws IOException {
        List<Turn> turns = new ArrayList<>();
        for (Contender contender : inTurns()) {
            contender.prepare(size, model, workload);
            var turn = new Turn(contender, workload);
            turn.repeat(plan.warmUp());
            turns.add(turn);
        }
        requireSameLoss(turns);
        for (int round = 0; round < plan.rounds(); round++) {
            for (Turn turn : turns) {
                turn.rates.add(turn.repeat(plan.round()));
            }
        }
        return new Result(size, workload, measurements(turns, ours), measurements(turns, theirs));
    }

    /** Ours and theirs alternately, so that those that are compared are measured side by side. */
    private List<Contender> inTurns() {
        List<Contender> turns = new ArrayList<>();
        for (int i = 0; i < Math.max(ours.size(), theirs.size()); i++) {
            if (i < ours.size()) {
                turns.add(ours.get(i));
            }
            if (i < theirs.size()) {
                turns.add(theirs.get(i));
            }
        }
        return turns;
    }

    private static List<Measurement> measurements(List<Turn> turns, List<Contender> side) {
        return turns.stream()
                .filter(turn -> side.contains(turn.contender))
                .map(Turn::measurement)
                .toList();
    }

    /** The same weights and tokens have one loss: if not, the contenders were not given the same work. */
    private static void requireSameLoss(List<Turn> turns) throws IOException {
        List<Turn> withLoss =
                turns.stream().filter(turn -> turn.firstLoss.isPresent()).toList();
        for (Turn turn : withLoss) {
            Turn exact = withLoss.stream()
                    .min(Comparator.comparing(other -> other.contender.precision()))
                    .orElseThrow();
            double expected = exact.firstLoss.orElseThrow();
            double loss = turn.firstLoss.orElseThrow();
            double tolerance = turn.contender.precision().lossTolerance();
            if (!(Math.abs(loss - expected) <= tolerance * Math.abs(expected))) {
                throw new IOException(String.format(
                        Locale.ROOT,
                        "%s (%s) has loss %.6f where %s has %.6f: not the same work",
                        turn.contender.name(),
                        turn.contender.precision().label(),
                        loss,
                        exact.contender.name(),
                        expected));
            }
        }
    }

    private static String summary(Result result) {
        var line = new StringBuilder(
                result.size().name() + ", " + result.workload().label() + ":");
        for (Precision precision : Precision.values()) {
            result.ours(precision).ifPresent(mine -> line.append(rate("ours", mine)));
            result.theirs(precision).ifPresent(other -> line.append(rate("theirs", other)));
            result.ratio(precision)
                    .ifPresent(ratio -> line.append(String.format(Locale.ROOT, " (%.2fx)", ratio.median())));
        }
        return line.toString();
    }

    private static String rate(String side, Measurement measurement) {
        return String.format(
                Locale.ROOT,
                "  %s %s %,.0f tokens/s",
                side,
                measurement.precision().label(),
                measurement.median());
    }

    /** A contender with what it has done so far. */
    private static final class Turn {
        private final Contender contender;
        private final Workload workload;
        private final List<Double> rates = new ArrayList<>();
        private OptionalLong peakBytes = OptionalLong.empty();
        private OptionalDouble firstLoss = OptionalDouble.empty();

        Turn(Contender contender, Workload workload) {
            this.contender = contender;
            this.workload = workload;
        }

        /** Runs until so much time was spent; returns tokens per second. */
        double repeat(Duration atLeast) throws IOException {
            double seconds = 0;
            long runs = 0;
            do {
                Contender.Run run = contender.run();
                seconds += run.seconds();
                runs++;
                peakBytes = run.peakBytes();
                if (firstLoss.isEmpty()) {
                    firstLoss = run.loss();
                }
            } while (seconds * 1e9 < atLeast.toNanos());
            return runs * workload.tokens() / seconds;
        }

        Measurement measurement() {
            return new Measurement(contender.name(), contender.precision(), rates, peakBytes, firstLoss);
        }
    }
}
