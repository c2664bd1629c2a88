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
    private record Fed(Origin origin, long timestamp, String taskId, String teamId, Purpose purpose, GroupSize size) {}

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

    /** Whether anything has come of any task. */
    boolean hasOutcomes() {
        return !facts.isEmpty() || !setAside.isEmpty();
    }

    /**
     * A record that was fed.
     *
     * @param timestamp epoch ms
     * @param task empty when the record cannot be read
     */
    void task(Origin origin, long timestamp, Optional<Task> task) {
        fed.add(task.map(value -> new Fed(
                        origin,
                        timestamp,
                        value.getTaskId(),
                        value.getTeamId(),
                        value.getPurpose(),
                        GroupSize.of(value)))
                .orElse(new Fed(origin, timestamp, "", NO_TEAM, Purpose.TRAIN, GroupSize.UNKNOWN)));
    }

    /** Decides about every task. Call once. */
    Audit settle(Positions positions) {
        var teams = new TreeMap<String, Audit.TeamAccount>();
        var accepted = new HashMap<String, Fed>();
        for (Fed task : fed) {
            Fate fate = fate(task, positions, accepted);
            teams.computeIfAbsent(task.teamId(), _ -> new Audit.TeamAccount()).add(fate);
        }
        int expired = 0;
        for (var entry : facts.entrySet()) {
            if (!accepted.containsKey(entry.getKey())) {
                expired += positions.tasksExpired() ? 1 : 0;
                withoutTask(entry.getKey(), entry.getValue(), positions);
            }
        }
        steps.findings().forEach(this::found);
        return new Audit(teams, findings, expired);
    }

    private void withoutTask(String taskId, TaskFacts known, Positions positions) {
        Optional<Finding> doubled = doubled(taskId, known);
        if (doubled.isPresent()) {
            found(doubled.get());
        } else if (!positions.tasksExpired()) {
            found(new Finding(Kind.CONTRADICTION, taskId, "has episodes, a group or a step, but no task was accepted"));
        } else if (known.playedForTraining()
                && !known.isLive()
                && known.groups() == 0
                && known.trainings() + known.skips() == 0) {
            found(new Finding(
                    Kind.LOST, taskId, "was played, but its group left the topic by age before it was trained"));
        }
    }

    private Fate fate(Fed task, Positions positions, Map<String, Fed> accepted) {
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
        Fed first = accepted.putIfAbsent(task.taskId(), task);
        if (first != null && Math.abs(task.timestamp() - first.timestamp()) < TaskFacts.ID_TAKEN.toMillis()) {
            return unaccounted(new Finding(
                    Kind.DOUBLED,
                    task.taskId(),
                    "accepted twice, at %s and %s".formatted(first.origin(), task.origin())));
        }
        TaskFacts known = facts.getOrDefault(task.taskId(), new TaskFacts());
        Optional<Finding> doubled = doubled(task.taskId(), known);
        if (doubled.isPresent()) {
            return unaccounted(doubled.get());
        }
        boolean stepWithoutGroup = known.trainings() + known.skips() > 0 && positions.groupsExpired();
        return known.groups() > 0 || stepWithoutGroup || task.purpose() == Purpose.EVALUATE
                ? ended(task, known, positions)
                : open(task, known);
    }

    private static Optional<Finding> doubled(String taskId, TaskFacts known) {
        if (known.trainings() + known.skips() > known.uses()) {
            return Optional.of(new Finding(
                    Kind.DOUBLED,
                    taskId,
                    "trained %d times and skipped %d times".formatted(known.trainings(), known.skips())));
        }
        if (known.groups() > known.uses()) {
            return Optional.of(
                    new Finding(Kind.DOUBLED, taskId, "closed as a group %d times".formatted(known.groups())));
        }
        return known.repeatedEpisodes() > 0
                ? Optional.of(new Finding(
                        Kind.DOUBLED, taskId, "%d episodes published twice".formatted(known.repeatedEpisodes())))
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
        int size = evaluation || known.groups() == 0 ? known.ended() : known.groupSize();
        boolean whole =
                known.contiguous() && known.ended() == size && task.size().fits(size);
        if (!whole) {
            return unaccounted(
                    Kind.CONTRADICTION,
                    task.taskId(),
                    "asks for %s, its group has %d, %d are published"
                            .formatted(task.size().text(), size, known.ended()));
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
        return unaccounted(new Finding(kind, subject, text));
    }

    private Fate unaccounted(Finding finding) {
        return found(finding) ? Fate.of(State.UNACCOUNTED) : new Fate(State.OPEN, "on its way");
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
