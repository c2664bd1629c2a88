package dev.troupe.cli.audit;

import dev.troupe.schemas.avro.Purpose;
import dev.troupe.schemas.avro.Task;

/**
 * How many episodes a task asks for. What it leaves to the coordinator's settings cannot be known here: then every
 * number fits that one of them would make.
 *
 * @param completions of each role; 0 is the default
 * @param crossed whether every combination of them may be an episode
 */
record GroupSize(int completions, boolean crossed) {

    /** Of a task that cannot be read. */
    static final GroupSize UNKNOWN = new GroupSize(0, false);

    static GroupSize of(Task task) {
        boolean aligned = task.getJointMode().equals("aligned") || task.getPurpose() == Purpose.EVALUATE;
        return new GroupSize(task.getNumGenerations(), !aligned);
    }

    boolean fits(int episodes) {
        long size = completions;
        while (crossed && completions > 1 && size < episodes) {
            size *= completions;
        }
        return completions == 0 || size == episodes;
    }

    /** As a finding says it. */
    String text() {
        return crossed
                ? "%d completions of each role (0 is the default), in one episode or in every combination"
                        .formatted(completions)
                : "%d episodes (0 is the default)".formatted(completions);
    }
}
