package dev.troupe.cli.score;

import dev.troupe.reward.environment.Environment;
import dev.troupe.reward.environment.InvalidTaskException;
import dev.troupe.reward.environment.JointReward;
import dev.troupe.reward.environment.Judging;
import dev.troupe.reward.environment.Outcome;
import dev.troupe.reward.environment.Terms;
import dev.troupe.reward.environment.UnscorableReason;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.RewardWeights;
import dev.troupe.schemas.avro.RoleObservation;
import dev.troupe.schemas.avro.Step;
import dev.troupe.schemas.avro.Task;
import dev.troupe.schemas.avro.Term;
import java.util.ArrayList;
import java.util.List;

/** Two roles whose texts are numbers: the first is the quality, the second the total where it is not empty. */
final class EchoEnvironment implements Environment {

    @Override
    public String name() {
        return "echo";
    }

    @Override
    public List<String> roles(Task task) throws InvalidTaskException {
        return switch (task.getFields().getOrDefault("mood", "good")) {
            case "good", "lost" -> List.of("quality", "total");
            case "broken" -> throw new IllegalStateException("out of order");
            default -> throw new InvalidTaskException("fields.mood is neither good nor broken");
        };
    }

    @Override
    public List<RoleObservation> begin(Task task) {
        throw new UnsupportedOperationException("nothing begins offline");
    }

    @Override
    public RewardWeights weights() {
        return new RewardWeights(7.0, 7.0, 7.0);
    }

    @Override
    public int maxCompletionLength() {
        return 10;
    }

    @Override
    public Outcome judge(Step step, Judging judging) {
        List<Action> actions = step.getJoint().getLast();
        if (step.getTask().getFields().containsValue("lost")) {
            return new Outcome.Unscorable(UnscorableReason.SANDBOX_UNAVAILABLE, "no sandbox holds here");
        }
        String total = actions.getLast().getText();
        var terms = new ArrayList<Term>();
        terms.add(Terms.of("fields", step.getTask().getFields().size()));
        terms.add(Terms.of("prompt", step.getTask().getPrompt().length()));
        if (!total.isEmpty()) {
            terms.add(Terms.of("total", Double.parseDouble(total)));
        }
        double quality = Double.parseDouble(actions.getFirst().getText());
        return new Outcome.Scored(JointReward.of(step, this).score(quality, true, terms));
    }
}
