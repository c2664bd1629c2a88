package dev.troupe.reward.coordinator;

import dev.troupe.reward.environment.Environment;
import dev.troupe.reward.environment.InvalidTaskException;
import dev.troupe.reward.environment.Judging;
import dev.troupe.reward.environment.Outcome;
import dev.troupe.schemas.avro.ChatMessage;
import dev.troupe.schemas.avro.RewardWeights;
import dev.troupe.schemas.avro.RoleObservation;
import dev.troupe.schemas.avro.Step;
import dev.troupe.schemas.avro.Task;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Two roles that talk, or one alone; refuses tasks whose field {@code refuse} says why. */
final class TalkEnvironment implements Environment {

    @Override
    public String name() {
        return "talk";
    }

    @Override
    public List<String> roles(Task task) throws InvalidTaskException {
        return switch (task.getCollaboration()) {
            case "parallel" -> List.of("ann", "bob");
            case "single" -> List.of("solo");
            default -> throw new InvalidTaskException("no collaboration '%s'".formatted(task.getCollaboration()));
        };
    }

    @Override
    public List<RoleObservation> begin(Task task) throws InvalidTaskException {
        String refusal = task.getFields().get("refuse");
        if (refusal != null) {
            throw new InvalidTaskException(refusal);
        }
        switch (task.getFields().getOrDefault("crash", "no")) {
            case "no" -> {}
            case "link" -> throw new NoClassDefFoundError("com/example/Missing");
            case "wait" -> {
                while (!Thread.currentThread().isInterrupted()) {
                    LockSupport.park(this);
                }
            }
            case "null" -> {
                return Collections.nCopies(2, null);
            }
            case "flood" -> {
                return List.of(observation("ann", "x".repeat(TaskRules.MAX_OPENING_CHARACTERS)));
            }
            default -> throw new IllegalStateException("a bug in a plug-in");
        }
        return roles(task).stream()
                .map(role -> observation(role, task.getPrompt()))
                .toList();
    }

    static RoleObservation observation(String role, String prompt) {
        return new RoleObservation(role, List.of(new ChatMessage("user", role + ": " + prompt)));
    }

    @Override
    public RewardWeights weights() {
        return new RewardWeights();
    }

    @Override
    public int maxCompletionLength() {
        return 32;
    }

    @Override
    public Outcome judge(Step step, Judging judging) {
        throw new UnsupportedOperationException("the coordinator never judges");
    }
}
