package dev.troupe.cli.audit;

import dev.troupe.cli.audit.Fate.State;
import dev.troupe.cli.audit.Finding.Kind;
import dev.troupe.runtime.kafka.Origin;
import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.EpisodeGroup;
import dev.troupe.schemas.avro.ModelVersion;
import dev.troupe.schemas.avro.Purpose;
import dev.troupe.schemas.avro.SkippedGroup;
import dev.troupe.schemas.avro.Task;
import dev.troupe.schemas.avro.TrainingStep;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Collects what the topics say, and settles it: each record of {@code tasks} gets one fate. Order does not matter
 * before {@link #settle}. Not for use by several threads.
 */
final class Ledger {

    /** The team of a task that cannot be read. */
    static final String NO_TEAM = "(none)";

    /** A record of {@code tasks}, as far as an account needs it. */
    private record Fed(Origin origin, String taskId, String teamId, Purpose purpose, int numGenerations) {}

    private final Predicate<Finding> confirmed;
    private final Map<String, TaskFacts> facts = new HashMap<>();
    private final Map<Origin, String> setAside = new HashMap<>();
    private final Map<Integer, Set<Long>> waiting = new HashMap<>();
    private final List<Fed> fed = new ArrayList<>();
    private final StepLog steps = new StepLog();
    private final List<Finding> findings = new ArrayList<>();

    /** @param confirmed which findings to believe; a task with another one is taken to be on its way */
    Ledger(Predicate<Finding> confirmed) {
        this.confirmed = confirmed;
    }

    void step(TrainingStep step) {
        steps.add(step);
        step.getTaskIds().forEach(taskId -> of(taskId).trained());
        for (SkippedGroup group : step.getSkipped()) {
            // A group that could not be read is named by its place, not by its task.
            if (!group.getReason().equals("MALFORMED")) {
                of(group.getTaskId()).skipped(group.getReason());
            }
        }
    }

    void version(ModelVersion version) {
        steps.add(version);
    }

    void group(Origin at, EpisodeGroup group) {
        of(group.getTaskId()).group(at, group);
    }

    void episode(Episode episode) {
        of(episode.getTaskId()).episode(episode);
    }

    /** @param original where the record that was set aside had been read */
    void deadLetter(Origin original, String reason) {
        String before = setAside.put(original, reason);
        if (before != null) {
            found(new Finding(
                    Kind.DOUBLED, original.toString(), "set aside twice, as '%s' and '%s'".formatted(before, reason)));
        }
    }

    /** A record of {@code tasks} that the coordinator keeps until it may be dealt. */
    void waiting(int partition, long offset) {
        waiting.computeIfAbsent(partition, _ -> new HashSet<>()).add(offset);
    }

    /** A task whose episodes the coordinator holds. */
    void live(String taskId) {
        of(taskId).live();
    }

    /** @param task empty when the record cannot be read */
    void task(Origin origin, Optional<Task> task) {
        fed.add(task.map(value -> new Fed(
                        origin, value.getTaskId(), value.getTeamId(), value.getPurpose(), value.getNumGenerations()))
                .orElse(new Fed(origin, "", NO_TEAM, Purpose.TRAIN, 0)));
    }

    /** Decides about every task. Call once. */
    Audit settle(Positions positions) {
        var teams = new TreeMap<String, Audit.TeamAccount>();
        var accepted = new HashMap<String, Origin>();
        for (Fed task : fed) {
            Fate fate = fate(task, positions, accepted);
            teams.computeIfAbsent(task.teamId(), _ -> new Audit.TeamAccount()).add(fate);
        }
        int expired = 0;
        for (var entry : facts.entrySet()) {
            if (accepted.containsKey(entry.getKey())) {
                continue;
            }
            if (positions.tasksExpired()) {
                expired++;
            } else {
                found(new Finding(
                        Kind.CONTRADICTION,
                        entry.getKey(),
                        "has episodes, a group or a step, but no task was accepted"));
            }
        }
        steps.findings().forEach(this::found);
        return new Audit(teams, findings, expired);
    }

    private Fate fate(Fed task, Positions positions, Map<String, Origin> accepted) {
        String reason = setAside.get(task.origin());
        if (reason != null) {
            return new Fate(State.DEAD_LETTERED, reason);
        }
        if (!positions.taken(task.origin())) {
            // Its id may have been played before: it is still to be found a duplicate.
            return new Fate(State.OPEN, "not read yet");
        }
        if (task.taskId().isEmpty()) {
            return unaccounted(Kind.LOST, task.origin().toString(), "cannot be read and is not among the dead letters");
        }
        Origin first = accepted.putIfAbsent(task.taskId(), task.origin());
        if (first != null) {
            return unaccounted(
                    Kind.DOUBLED, task.taskId(), "accepted twice, at %s and %s".formatted(first, task.origin()));
        }
        TaskFacts known = facts.getOrDefault(task.taskId(), new TaskFacts());
        return doubled(task, known)
                .orElseGet(() -> known.groups() > 0 || task.purpose() == Purpose.EVALUATE
                        ? ended(task, known, positions)
                        : open(task, known));
    }

    private Optional<Fate> doubled(Fed task, TaskFacts known) {
        if (known.trainings() + known.skips() > 1) {
            return Optional.of(unaccounted(
                    Kind.DOUBLED,
                    task.taskId(),
                    "trained %d times and skipped %d times".formatted(known.trainings(), known.skips())));
        }
        if (known.groups() > 1) {
            return Optional.of(
                    unaccounted(Kind.DOUBLED, task.taskId(), "closed as a group %d times".formatted(known.groups())));
        }
        return known.repeatedEpisodes() > 0
                ? Optional.of(unaccounted(
                        Kind.DOUBLED, task.taskId(), "%d episodes published twice".formatted(known.repeatedEpisodes())))
                : Optional.empty();
    }

    private Fate open(Fed task, TaskFacts known) {
        if (known.isLive()) {
            return new Fate(State.OPEN, "being played");
        }
        if (waiting.getOrDefault(task.origin().partition(), Set.of())
                .contains(task.origin().offset())) {
            return new Fate(State.OPEN, "waiting to be dealt");
        }
        if (known.trainings() + known.skips() > 0) {
            return unaccounted(Kind.CONTRADICTION, task.taskId(), "a step names it, but it was not closed as a group");
        }
        return unaccounted(
                Kind.LOST,
                task.taskId(),
                "was read at %s, but is neither waiting nor played nor closed".formatted(task.origin()));
    }

    private Fate ended(Fed task, TaskFacts known, Positions positions) {
        boolean evaluation = task.purpose() == Purpose.EVALUATE;
        if (evaluation && (known.isLive() || known.ended() == 0)) {
            return open(task, known);
        }
        int size = evaluation ? known.ended() : known.groupSize();
        boolean whole = known.contiguous()
                && known.ended() == size
                && (task.numGenerations() == 0 || task.numGenerations() == size);
        if (!whole) {
            return unaccounted(
                    Kind.CONTRADICTION,
                    task.taskId(),
                    "asks for %d episodes (0 is the default), its group has %d, %d are published"
                            .formatted(task.numGenerations(), size, known.ended()));
        }
        if (evaluation) {
            return known.scored() > 0 ? Fate.of(State.EVALUATED) : new Fate(State.INCOMPLETE, known.commonReason());
        }
        if (known.trainings() > 0) {
            return Fate.of(State.TRAINED);
        }
        if (known.skips() > 0) {
            return known.skipReason().equals("ALL_INCOMPLETE")
                    ? new Fate(State.INCOMPLETE, known.commonReason())
                    : new Fate(State.SKIPPED, known.skipReason());
        }
        Origin group = known.groupAt().orElseThrow();
        return positions.consumed(task.teamId(), group)
                ? unaccounted(
                        Kind.LOST, task.taskId(), "its group at %s was consumed, but no step names it".formatted(group))
                : new Fate(State.OPEN, "closed, not trained yet");
    }

    private Fate unaccounted(Kind kind, String subject, String text) {
        return found(new Finding(kind, subject, text))
                ? Fate.of(State.UNACCOUNTED)
                : new Fate(State.OPEN, "on its way");
    }

    private boolean found(Finding finding) {
        boolean believed = confirmed.test(finding);
        if (believed) {
            findings.add(finding);
        }
        return believed;
    }

    private TaskFacts of(String taskId) {
        return facts.computeIfAbsent(taskId, _ -> new TaskFacts());
    }
}
