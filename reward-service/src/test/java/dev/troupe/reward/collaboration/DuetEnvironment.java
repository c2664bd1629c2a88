package dev.troupe.reward.collaboration;

import dev.troupe.reward.environment.Environment;
import dev.troupe.reward.environment.InvalidTaskException;
import dev.troupe.reward.environment.JointAction;
import dev.troupe.reward.environment.JointReward;
import dev.troupe.reward.environment.Judging;
import dev.troupe.reward.environment.Outcome;
import dev.troupe.reward.environment.Terms;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.ChatMessage;
import dev.troupe.schemas.avro.RewardWeights;
import dev.troupe.schemas.avro.RoleObservation;
import dev.troupe.schemas.avro.Step;
import dev.troupe.schemas.avro.Task;
import java.util.ArrayList;
import java.util.List;

/** Two who play side by side, or one alone; good is what ends with "!". Keeps the steps that it is asked to judge. */
final class DuetEnvironment implements Environment {

    final List<Step> judged = new ArrayList<>();
    private final boolean neverContent;

    DuetEnvironment() {
        this(false);
    }

    /** @param neverContent asks for another turn, whatever the task allows */
    DuetEnvironment(boolean neverContent) {
        this.neverContent = neverContent;
    }

    @Override
    public String name() {
        return "duet";
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
        var observations = new ArrayList<RoleObservation>();
        for (String role : roles(task)) {
            observations.add(new RoleObservation(role, List.of(new ChatMessage("user", role + ": sing"))));
        }
        return observations;
    }

    @Override
    public RewardWeights weights() {
        return new RewardWeights(1.0, 0.5, 0.25);
    }

    @Override
    public int maxCompletionLength() {
        return 100;
    }

    @Override
    public Outcome judge(Step step, Judging judging) {
        judged.add(step);
        if (neverContent) {
            return new Outcome.Continue(List.of(new RoleObservation("ann", List.of())));
        }
        long good = List.of("ann", "bob").stream()
                .flatMap(role -> JointAction.of(step, step.getTurn(), role).stream())
                .map(Action::getText)
                .filter(text -> text.endsWith("!"))
                .count();
        return new Outcome.Scored(
                JointReward.of(step, this).score(good / 2.0, good == 2, List.of(Terms.of("good", good == 2))));
    }
}
