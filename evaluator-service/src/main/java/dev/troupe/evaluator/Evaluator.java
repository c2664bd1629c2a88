package dev.troupe.evaluator;

import dev.troupe.evaluator.alarm.Alarms;
import dev.troupe.evaluator.play.History;
import dev.troupe.schemas.avro.Alarm;
import dev.troupe.schemas.avro.Evaluation;
import dev.troupe.schemas.avro.Task;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts runs when versions are due and ends them when their episodes are back. Owned by one thread; knows no Kafka.
 */
final class Evaluator {

    private static final Logger LOGGER = LoggerFactory.getLogger(Evaluator.class);

    private record Active(EvaluationRun run, long deadline) {}

    private final EvaluatorOptions options;
    private final InstantSource clock;
    private final Supplier<String> runs;
    private final Consumer<List<Task>> feed;
    private final Consumer<Evaluation> publish;
    private final Consumer<Alarm> raise;
    private final EvaluatorMetrics metrics;
    private final Alarms alarms;
    private final Schedule schedule = new Schedule();
    private final History history;
    private final Map<String, Active> active = new HashMap<>();

    /**
     * @param runs names each run differently, so that one cut off by a crash can start again under new task ids
     * @param feed sends tasks to the input topic; returns when they are there
     * @param publish sends an evaluation; returns when it is there
     * @param raise sends an alarm; returns when it is there
     */
    Evaluator(
            EvaluatorOptions options,
            InstantSource clock,
            Supplier<String> runs,
            Consumer<List<Task>> feed,
            Consumer<Evaluation> publish,
            Consumer<Alarm> raise,
            EvaluatorMetrics metrics) {
        this.options = options;
        this.clock = clock;
        this.runs = runs;
        this.feed = feed;
        this.publish = publish;
        this.raise = raise;
        this.metrics = metrics;
        this.alarms = new Alarms(options.alarms());
        this.history = new History(options.taskIds());
    }

    void on(Event event) {
        switch (event) {
            case Event.Published(var version) -> schedule.published(version);
            case Event.Evaluated(var evaluation) -> {
                schedule.done(evaluation);
                alarms.evaluated(evaluation);
            }
            case Event.Raised(var alarm) -> alarms.raised(alarm);
            case Event.Ended(var episode) -> history.add(episode);
        }
    }

    /**
     * Raises the alarms that the evaluations heard of give reason to, ends what is complete or overdue, then starts
     * what is due; one run per benchmark at a time.
     */
    void advance() {
        alarms.due().forEach(this::raise);
        for (Active run : new ArrayList<>(active.values())) {
            boolean overdue = clock.millis() >= run.deadline();
            if (run.run().isComplete() || overdue) {
                end(run.run(), overdue && !run.run().isComplete());
            }
        }
        for (Benchmark benchmark : options.benchmarks()) {
            OptionalInt version = active.containsKey(benchmark.name()) ? OptionalInt.empty() : schedule.next(benchmark);
            if (version.isPresent()) {
                int candidate = version.getAsInt();
                start(new EvaluationRun(benchmark, candidate, shadows(benchmark, candidate), runs.get(), history));
            }
        }
    }

    private void raise(Alarm alarm) {
        LOGGER.atWarn()
                .addKeyValue("alarm", alarm.getAlarm())
                .addKeyValue("policyVersion", alarm.getVersion())
                .addKeyValue("reference", alarm.getReference())
                .addKeyValue("reward", alarm.getReward())
                .addKeyValue("guard", alarm.getGuard())
                .log("the reward has risen while a stricter score fell; training may be exploiting the reward");
        raise.accept(alarm);
        alarms.raised(alarm);
        metrics.raised();
    }

    private void start(EvaluationRun run) {
        String name = run.benchmark().name();
        active.put(name, new Active(run, clock.millis() + options.timeout().toMillis()));
        List<Task> tasks = run.tasks();
        feed.accept(tasks);
        metrics.fed(tasks.size());
        LOGGER.atInfo()
                .addKeyValue("benchmark", name)
                .addKeyValue("policyVersion", run.version())
                .addKeyValue("tasks", tasks.size())
                .log("evaluation started");
    }

    private void end(EvaluationRun run, boolean overdue) {
        String name = run.benchmark().name();
        if (overdue) {
            LOGGER.atWarn()
                    .addKeyValue("benchmark", name)
                    .addKeyValue("policyVersion", run.version())
                    .addKeyValue("missing", run.expected() - run.received())
                    .log("evaluation timed out; missing episodes count as failures");
        }
        run.results(references(run), clock.millis()).forEach(publish);
        schedule.done(name, run.version());
        active.remove(name);
        history.retain(name, mayBeReferredTo(run));
        metrics.published(!overdue);
    }

    /** This version will be the next one's previous; the others have names that do not change. */
    private Set<Integer> mayBeReferredTo(EvaluationRun run) {
        Benchmark benchmark = run.benchmark();
        Set<Integer> versions = resolved(benchmark.rivals().references(), benchmark, run.version());
        versions.add(run.version());
        return versions;
    }

    private List<Integer> shadows(Benchmark benchmark, int candidate) {
        Set<Integer> versions = resolved(benchmark.rivals().shadows(), benchmark, candidate);
        for (int version : versions) {
            if (!schedule.canPlay(benchmark, version)) {
                LOGGER.atWarn()
                        .addKeyValue("benchmark", benchmark.name())
                        .addKeyValue("policyVersion", version)
                        .log("the version is not published and plays no shadow");
            }
        }
        return versions.stream()
                .filter(version -> schedule.canPlay(benchmark, version))
                .toList();
    }

    private List<Reference> references(EvaluationRun run) {
        Benchmark benchmark = run.benchmark();
        var references = new ArrayList<Reference>();
        for (int version : resolved(benchmark.rivals().references(), benchmark, run.version())) {
            // One that plays in this run is measured there, under the same conditions.
            if (!run.plays(version)) {
                played(benchmark, version).ifPresent(references::add);
            }
        }
        for (Benchmark other : options.benchmarks()) {
            OptionalInt newest = schedule.newestDone(other);
            if (benchmark.rivals().baselines().contains(other.name()) && newest.isPresent()) {
                played(other, newest.getAsInt()).ifPresent(references::add);
            }
        }
        return references;
    }

    private Optional<Reference> played(Benchmark benchmark, int version) {
        return history.fullest(benchmark.name(), version).map(play -> new Reference(benchmark, play));
    }

    private Set<Integer> resolved(List<VersionName> names, Benchmark benchmark, int seenFrom) {
        var versions = new LinkedHashSet<Integer>();
        names.forEach(name -> schedule.resolve(name, benchmark, seenFrom).ifPresent(versions::add));
        return versions;
    }
}
