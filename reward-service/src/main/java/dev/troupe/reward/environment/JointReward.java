package dev.troupe.reward.environment;

import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.Message;
import dev.troupe.schemas.avro.RewardWeights;
import dev.troupe.schemas.avro.Score;
import dev.troupe.schemas.avro.Step;
import dev.troupe.schemas.avro.Task;
import dev.troupe.schemas.avro.Term;
import java.util.ArrayList;
import java.util.List;

/**
 * The reward that all roles share: {@code wq * quality + ws * speed - wc * coordination}.
 *
 * <p>Speed counts tokens on the critical path, so that it can be recomputed from the log: roles of a turn work side by
 * side (the longest counts), turns follow one another (they add up). It is 1 for nothing written and 0 when every turn
 * used up the length it may have. Coordination is the tokens of messages, in units of one full completion.
 */
public final class JointReward {

    /** Names of the terms that count tokens. */
    public static final List<String> TOKEN_TERMS = List.of("critical_path_tokens", "message_tokens");

    private final RewardWeights weights;
    private final int criticalPathTokens;
    private final int messageTokens;
    private final double speed;
    private final double coordination;

    private JointReward(RewardWeights weights, int criticalPathTokens, int messageTokens, int turns, int length) {
        this.weights = weights;
        this.criticalPathTokens = criticalPathTokens;
        this.messageTokens = messageTokens;
        this.speed = Math.clamp(1.0 - criticalPathTokens / ((double) turns * length), 0.0, 1.0);
        this.coordination = messageTokens / (double) length;
    }

    /** The terms of the step that do not depend on its quality. */
    public static JointReward of(Step step, Environment environment) {
        Task task = step.getTask();
        int criticalPath = 0;
        for (List<Action> joint : step.getJoint()) {
            criticalPath += joint.stream()
                    .mapToInt(action -> action.getTokenIds().size())
                    .max()
                    .orElse(0);
        }
        int messages = step.getMessages().stream().mapToInt(Message::getTokens).sum();
        RewardWeights weights = task.getWeights() == null ? environment.weights() : task.getWeights();
        return new JointReward(
                weights, criticalPath, messages, Math.max(1, task.getMaxTurns()), completionLength(task, environment));
    }

    /** Tokens a completion of the task may have. */
    private static int completionLength(Task task, Environment environment) {
        var sampling = task.getSampling();
        boolean ownLength = sampling != null && sampling.getMaxCompletionLength() > 0;
        return ownLength ? sampling.getMaxCompletionLength() : environment.maxCompletionLength();
    }

    /**
     * The score.
     *
     * @param quality 0 to 1
     * @param passed whether all hard criteria hold
     * @param terms raw values of what quality is made of; those of speed and coordination are added
     */
    public Score score(double quality, boolean passed, List<Term> terms) {
        if (!(quality >= 0 && quality <= 1)) {
            throw new IllegalArgumentException("quality is not in [0, 1]: " + quality);
        }
        double reward =
                weights.getQuality() * quality + weights.getSpeed() * speed - weights.getCoordination() * coordination;
        var all = new ArrayList<>(terms);
        all.add(new Term(TOKEN_TERMS.getFirst(), (double) criticalPathTokens));
        all.add(new Term(TOKEN_TERMS.getLast(), (double) messageTokens));
        return Score.newBuilder()
                .setReward(reward)
                .setQuality(quality)
                .setSpeed(speed)
                .setCoordination(coordination)
                .setPassed(passed)
                .setTerms(all)
                .setWeights(weights)
                .build();
    }
}
