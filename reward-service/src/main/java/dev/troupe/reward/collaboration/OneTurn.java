package dev.troupe.reward.collaboration;

import dev.troupe.reward.environment.Environment;
import dev.troupe.reward.environment.InvalidTaskException;
import dev.troupe.reward.environment.JointReward;
import dev.troupe.reward.environment.Judging;
import dev.troupe.reward.environment.Outcome;
import dev.troupe.reward.environment.Outcome.Continue;
import dev.troupe.reward.environment.Outcome.Scored;
import dev.troupe.reward.environment.Outcome.Unscorable;
import dev.troupe.reward.environment.UnscorableReason;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.Message;
import dev.troupe.schemas.avro.RoleObservation;
import dev.troupe.schemas.avro.Score;
import dev.troupe.schemas.avro.Step;
import dev.troupe.schemas.avro.Task;
import dev.troupe.schemas.avro.Term;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The parallel form of a task in one turn, which is what the environment believes to be playing: it opens for all roles
 * and judges one joint action, whenever its parts were written.
 */
record OneTurn(Environment environment, List<String> roles) {

    OneTurn {
        roles = List.copyOf(roles);
    }

    static OneTurn of(Environment environment, Task task) throws InvalidTaskException {
        return new OneTurn(environment, environment.roles(asParallel(task)));
    }

    /** The first observations of all roles. */
    List<RoleObservation> opening(Task task) throws InvalidTaskException {
        List<RoleObservation> opening = environment.begin(asParallel(task));
        List<String> opened = opening.stream().map(RoleObservation::getRole).toList();
        if (!opened.equals(roles)) {
            throw new InvalidTaskException("environment '%s' opens for %s, so that its roles %s cannot play a %s"
                    .formatted(environment.name(), opened, roles, task.getCollaboration()));
        }
        return opening;
    }

    /**
     * The environment's judgement of what all roles wrote. Quality is its own; speed and coordination, and with them
     * the reward, are those of the turns that were really played.
     *
     * @param written one action of each role, in their order
     */
    Outcome judge(Step step, List<Action> written, Judging judging) throws InterruptedException {
        return switch (environment.judge(sideBySide(step, written), judging)) {
            case Scored(Score score) -> new Scored(asPlayed(step, score));
            case Unscorable unscorable -> unscorable;
            case Continue _ ->
                new Unscorable(
                        UnscorableReason.ENVIRONMENT_FAILED,
                        "%s asks for another turn of a task with maxTurns 1".formatted(environment.name()));
        };
    }

    private Score asPlayed(Step step, Score score) {
        JointReward reward = JointReward.of(step, environment);
        // What the reward adds itself, the environment has added for one turn.
        List<String> added = reward.score(score.getQuality(), score.getPassed(), List.of()).getTerms().stream()
                .map(Term::getName)
                .toList();
        List<Term> terms = score.getTerms().stream()
                .filter(term -> !added.contains(term.getName()))
                .toList();
        return reward.score(score.getQuality(), score.getPassed(), terms);
    }

    private static Step sideBySide(Step step, List<Action> written) {
        List<Action> joint = written.stream()
                .map(action -> Action.newBuilder(action).setTurn(0).build())
                .toList();
        var turnOf = written.stream().collect(Collectors.toMap(Action::getRole, Action::getTurn));
        List<Message> messages = step.getMessages().stream()
                .filter(message -> turnOf.getOrDefault(message.getFrom(), -1) == message.getTurn())
                .map(message -> Message.newBuilder(message).setTurn(0).build())
                .toList();
        return new Step(asParallel(step.getTask()), step.getEpisode(), 0, List.of(joint), messages);
    }

    private static Task asParallel(Task task) {
        return Task.newBuilder(task)
                .setCollaboration(Collaboration.PARALLEL)
                .setMaxTurns(1)
                .build();
    }
}
