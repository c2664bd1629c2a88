package dev.troupe.cli.demo;

import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.TopicReader;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.Evaluation;
import dev.troupe.schemas.avro.Purpose;
import dev.troupe.schemas.avro.TrainingStep;
import dev.troupe.schemas.avro.VersionSpan;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** What the demonstration reads from the topics, as any platform team could. */
final class Observations implements AutoCloseable {

    private final Progress progress;
    private final InstantSource clock;
    private final List<TopicReader<?>> readers;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // guarded by lock
    private final Map<Contest, List<TrainingStep>> steps = new EnumMap<>(Contest.class);
    // guarded by lock
    private final List<Evaluation> evaluations = new ArrayList<>();
    // guarded by lock
    private final Set<Integer> versionsPlayed = new HashSet<>();

    Observations(KafkaClients clients, Progress progress, InstantSource clock) {
        this.progress = progress;
        this.clock = clock;
        this.readers = List.of(
                new TopicReader<>(clients, "troupe-demo", TopicCatalog.TRAINING_STEPS, record -> on(record.value())),
                new TopicReader<>(clients, "troupe-demo", TopicCatalog.EVALUATIONS, record -> on(record.value())),
                new TopicReader<>(clients, "troupe-demo", TopicCatalog.EPISODES, record -> on(record.value())));
    }

    void start() {
        readers.forEach(TopicReader::start);
    }

    /** Waits until all arms have been evaluated, or the time is over. */
    Map<Arm, Evaluation> await(int lastVersion, long seconds) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        lock.lock();
        try {
            Map<Arm, Evaluation> arms = arms(lastVersion);
            while (arms.size() < Arm.values().length) {
                if (changed.awaitNanos(deadline - System.nanoTime()) <= 0) {
                    return arms;
                }
                arms = arms(lastVersion);
            }
            return arms;
        } finally {
            lock.unlock();
        }
    }

    Map<Contest, List<TrainingStep>> steps() {
        lock.lock();
        try {
            var copy = new EnumMap<Contest, List<TrainingStep>>(Contest.class);
            steps.forEach((contest, list) -> copy.put(contest, List.copyOf(list)));
            return copy;
        } finally {
            lock.unlock();
        }
    }

    int versionsPlayed() {
        lock.lock();
        try {
            return versionsPlayed.size();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        readers.forEach(TopicReader::close);
    }

    private Map<Arm, Evaluation> arms(int lastVersion) {
        var arms = new EnumMap<Arm, Evaluation>(Arm.class);
        for (Arm arm : Arm.values()) {
            Optional<Evaluation> evaluation = arm.in(evaluations, lastVersion);
            evaluation.ifPresent(found -> arms.put(arm, found));
        }
        return arms;
    }

    private void on(TrainingStep step) {
        for (Contest contest : Contest.values()) {
            if (contest.teamId().equals(step.getTeamId())) {
                lock.lock();
                try {
                    steps.computeIfAbsent(contest, _ -> new ArrayList<>()).add(step);
                } finally {
                    lock.unlock();
                }
                progress.step(contest, step, clock.millis());
            }
        }
    }

    private void on(Evaluation evaluation) {
        lock.lock();
        try {
            evaluations.add(evaluation);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void on(Episode episode) {
        progress.episode(clock.millis());
        if (episode.getPurpose() != Purpose.TRAIN || !episode.getTeamId().equals(Contest.TEAM.teamId())) {
            return;
        }
        lock.lock();
        try {
            episode.getSteps().stream()
                    .flatMap(step -> step.getActions().stream())
                    .flatMap(action -> action.getVersions().stream())
                    .map(VersionSpan::getVersion)
                    .forEach(versionsPlayed::add);
        } finally {
            lock.unlock();
        }
    }
}
