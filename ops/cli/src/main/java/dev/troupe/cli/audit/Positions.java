package dev.troupe.cli.audit;

import dev.troupe.runtime.kafka.Origin;
import java.util.Map;

/**
 * How far the services have come, and whether topics have lost their beginning to age.
 *
 * @param coordinator next offset of {@code tasks} by partition
 * @param trainers next offset of {@code episode-groups} by team, and in it by partition
 * @param tasksExpired whether tasks have left their topic, so that what came of them may have no task any more
 * @param groupsExpired whether groups have left theirs, so that a step may name a task without one
 */
record Positions(
        Map<Integer, Long> coordinator,
        Map<String, Map<Integer, Long>> trainers,
        boolean tasksExpired,
        boolean groupsExpired) {

    Positions {
        coordinator = Map.copyOf(coordinator);
        trainers = Map.copyOf(trainers);
    }

    /** Whether the coordinator has taken the record over. */
    boolean taken(Origin task) {
        return task.offset() < coordinator.getOrDefault(task.partition(), 0L);
    }

    /** Whether the team's trainer has committed a step that consumed the record. */
    boolean consumed(String teamId, Origin group) {
        return group.offset() < trainers.getOrDefault(teamId, Map.of()).getOrDefault(group.partition(), 0L);
    }
}
