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
import java.util.List;

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
        if (task.getFields().containsKey("crash")) {
            throw new IllegalStateException("a bug in a plug-in");
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
