package dev.troupe.cli.audit;

import dev.troupe.runtime.kafka.Origin;
import java.util.Map;

/**
 * How far the services have come, and where the topics begin.
 *
 * @param coordinator next offset of {@code tasks} by partition
 * @param trainers next offset of {@code episode-groups} by team, and in it by partition
 * @param tasksBegin first offset of {@code tasks} that is still kept, by partition
 */
record Positions(
        Map<Integer, Long> coordinator, Map<String, Map<Integer, Long>> trainers, Map<Integer, Long> tasksBegin) {

    Positions {
        coordinator = Map.copyOf(coordinator);
        trainers = Map.copyOf(trainers);
        tasksBegin = Map.copyOf(tasksBegin);
    }

    /** Whether the coordinator has taken the record over. */
    boolean taken(Origin task) {
        return task.offset() < coordinator.getOrDefault(task.partition(), 0L);
    }

    /** Whether the team's trainer has committed a step that consumed the record. */
    boolean consumed(String teamId, Origin group) {
        return group.offset() < trainers.getOrDefault(teamId, Map.of()).getOrDefault(group.partition(), 0L);
    }

    /** Whether tasks have left the topic by age, so that what came of them may have no task any more. */
    boolean tasksExpired() {
        return tasksBegin.values().stream().anyMatch(offset -> offset > 0);
    }
}
