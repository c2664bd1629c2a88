package dev.troupe.cli.bench.trainer;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.troupe.cli.bench.peer.Precision;
import dev.troupe.cli.terminal.JsonFile;
import dev.troupe.policy.PolicyOptions;
import dev.troupe.policy.TrainablePolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/** Lets both sides take turns, round by round, from the same weights. */
final class TrainerBench {

    private static final long WEIGHTS_SEED = 1;

    private final TrainerPlan plan;
    private final Consumer<String> progress;

    TrainerBench(TrainerPlan plan, Consumer<String> progress) {
        this.plan = plan;
        this.progress = progress;
    }

    /** Whoever takes part in a kind of work. */
    interface Sides {
        List<Side> ours();

        List<Side> theirs(Work work) throws IOException;
    }

    /**
     * Measures all work on every size.
     *
     * @param directory for models and completions; what is written stays there
     * @throws IOException when a side fails, or does not do the same work as the other
     */
    List<TrainerResult> run(Sides sides, Path directory) throws IOException {
        List<TrainerResult> results = new ArrayList<>();
        for (GrpoSize size : plan.sizes()) {
            Path model = directory.resolve(size.name());
            try (var policy = TrainablePolicy.initialize(size.config(), WEIGHTS_SEED)) {
                policy.save(model);
            }
            Rollouts replay;
            try (var sampler = new Sampler(size, PolicyOptions.DEFAULT)) {
                replay = sampler.sample(model);
            }
            Path file = directory.resolve(size.name() + ".json");
            JsonFile.write(file, json(replay));
            for (Work work : plan.works()) {
                var task = new Side.Task(size, work, model, replay, file);
                TrainerResult result = measure(task, sides.ours(), sides.theirs(work), directory);
                results.add(result);
                progress.accept(summary(result));
            }
        }
        return results;
    }

    private static ObjectNode json(Rollouts replay) {
        var mapper = new ObjectMapper();
        ObjectNode json = mapper.createObjectNode().put("generations", Rollouts.GENERATIONS);
        ArrayNode sequences = json.putArray("sequences");
        for (Rollouts.Scored scored : replay.completions()) {
            ObjectNode sequence = sequences.addObject().put("reward", scored.reward());
            sequence.set("prompt", mapper.valueToTree(scored.prompt().toArray()));
            sequence.set("completion", mapper.valueToTree(scored.completion().toArray()));
        }
        return json;
    }

    private TrainerResult measure(Side.Task task, List<Side> ours, List<Side> theirs, Path directory)
            throws IOException {
        List<Turn> turns = new ArrayList<>();
        for (Side side : alternating(ours, theirs)) {
            side.prepare(task);
            turns.add(new Turn(side));
        }
        // These are the first of the warm-up as well.
        Optional<Agreement> agreement =
                task.work() == Work.TRAIN ? agreement(turns, ours, theirs, directory) : Optional.empty();
        for (Turn turn : turns) {
            turn.warmUp(plan.warmUp());
        }
        for (int round = 0; round < plan.rounds(); round++) {
            for (Turn turn : turns) {
                turn.round(plan.round());
            }
        }
        return new TrainerResult(task.size(), task.work(), steps(turns, ours), steps(turns, theirs), agreement);
    }

    /** Ours and theirs in turns, so that those that are compared are measured side by side. */
    private static List<Side> alternating(List<Side> ours, List<Side> theirs) {
        List<Side> turns = new ArrayList<>();
        for (int i = 0; i < Math.max(ours.size(), theirs.size()); i++) {
            turns.addAll(ours.subList(Math.min(i, ours.size()), Math.min(i + 1, ours.size())));
            turns.addAll(theirs.subList(Math.min(i, theirs.size()), Math.min(i + 1, theirs.size())));
        }
        return turns;
    }

    private static List<Steps> steps(List<Turn> turns, List<Side> sides) {
        return turns.stream()
                .filter(turn -> sides.contains(turn.side()))
                .map(Turn::steps)
                .toList();
    }

    private Optional<Agreement> agreement(List<Turn> turns, List<Side> ours, List<Side> theirs, Path directory)
            throws IOException {
        Optional<Agreement> exact = Optional.empty();
        for (Turn turn : turns) {
            turn.take(plan.compared());
        }
        for (Precision precision : Precision.values()) {
            Optional<Turn> mine = turn(turns, ours, precision);
            Optional<Turn> other = turn(turns, theirs, precision);
            if (mine.isPresent() && other.isPresent()) {
                Agreement agreement = compare(mine.get(), other.get(), directory);
                progress.accept(precision.label() + ": " + agreement);
                if (precision == Precision.FP32) {
                    exact = Optional.of(required(agreement));
                }
            }
        }
        return exact;
    }

    private static Optional<Turn> turn(List<Turn> turns, List<Side> sides, Precision precision) {
        return turns.stream()
                .filter(turn -> sides.contains(turn.side()) && turn.side().precision() == precision)
                .findFirst();
    }

    private Agreement compare(Turn mine, Turn other, Path directory) throws IOException {
        Path ours = Files.createTempDirectory(directory, "ours");
        Path theirs = Files.createTempDirectory(directory, "theirs");
        mine.side().save(ours);
        other.side().save(theirs);
        return Agreement.of(plan.compared(), mine.first(), other.first(), ours, theirs);
    }

    private static Agreement required(Agreement agreement) throws IOException {
        if (!agreement.holds(TroupeSide.LEARNING_RATE)) {
            throw new IOException("not the same work: " + agreement);
        }
        return agreement;
    }

    private static String summary(TrainerResult result) {
        var line = new StringBuilder(result.size().name() + ", " + result.work().label() + ":");
        for (Precision precision : Precision.values()) {
            result.ours(precision).ifPresent(steps -> line.append(seconds("ours", steps)));
            result.theirs(precision).ifPresent(steps -> line.append(seconds("theirs", steps)));
            result.ratio(precision, precision)
                    .ifPresent(ratio -> line.append(String.format(Locale.ROOT, " (%.2fx)", ratio.median())));
        }
        return line.toString();
    }

    private static String seconds(String side, Steps steps) {
        return String.format(
                Locale.ROOT, "  %s %s %.1f ms", side, steps.precision().label(), 1e3 * steps.median());
    }
}
