package dev.troupe.trainer.update;

import dev.troupe.trainer.grpo.Advantages;
import dev.troupe.trainer.grpo.GrpoOptions;
import dev.troupe.trainer.grpo.Objective;
import dev.troupe.trainer.rollout.RolloutEpisode;
import dev.troupe.trainer.rollout.RolloutGroup;
import dev.troupe.trainer.rollout.Sample;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The advantages of joint episodes, after what their lengths cost them.
 *
 * <p>The roles of an episode share one reward, so its longest completion alone is punished: a sum over completions
 * would punish every further turn, however short. The reward as recorded stays what metrics show, and what decides
 * whether a group trains (arXiv 2503.14476, equation 11, leaves groups out by their answers, not by their lengths).
 */
final class JointAdvantages {
    private final GrpoOptions options;

    JointAdvantages(GrpoOptions options) {
        this.options = options;
    }

    /** The advantage of each episode, one array for each group. */
    List<double[]> of(List<RolloutGroup> groups) {
        return switch (options.aggregation()) {
            case SUM_THEN_NORMALIZE ->
                Advantages.of(groups.stream().map(this::rewards).toList(), options.scaleRewards(), options.deviation());
            case NORMALIZE_THEN_SUM ->
                Advantages.normalizeThenSum(
                        groups.stream().map(this::objectives).toList(), options.deviation());
        };
    }

    /** What lengths take off the reward of a scored episode on average; NaN where there is none. */
    double meanPenalty(List<RolloutGroup> groups) {
        return groups.stream()
                .flatMap(group -> group.episodes().stream())
                .filter(RolloutEpisode::scored)
                .mapToDouble(this::penalty)
                .average()
                .orElse(Double.NaN);
    }

    private double[] rewards(RolloutGroup group) {
        double[] rewards = group.rewards();
        double[] penalties = penalties(group);
        Arrays.setAll(rewards, episode -> rewards[episode] + penalties[episode]);
        return rewards;
    }

    private List<Objective> objectives(RolloutGroup group) {
        var objectives = new ArrayList<>(group.objectives());
        if (options.overlong().used()) {
            objectives.add(new Objective(1, penalties(group)));
        }
        return objectives;
    }

    private double[] penalties(RolloutGroup group) {
        List<RolloutEpisode> episodes = group.episodes();
        return IntStream.range(0, episodes.size())
                .mapToDouble(e -> episodes.get(e).scored() ? penalty(episodes.get(e)) : Double.NaN)
                .toArray();
    }

    private double penalty(RolloutEpisode episode) {
        int longest = episode.samples().stream().mapToInt(Sample::length).max().orElse(0);
        return options.overlong().penalty(longest, options.maxCompletionLength());
    }
}
