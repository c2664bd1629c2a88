package dev.troupe.trainer.update;

import static java.util.Objects.requireNonNull;

import dev.troupe.trainer.grpo.OverlongOptions;
import dev.troupe.trainer.rollout.RolloutEpisode;
import dev.troupe.trainer.rollout.RolloutGroup;
import dev.troupe.trainer.rollout.Sample;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the lengths of an episode's completions cost it.
 *
 * <p>The roles of an episode share one reward, so its longest completion alone is punished: a sum over completions
 * would punish every further turn, however short. The reward as recorded stays what metrics show, and what decides
 * whether a group trains (arXiv 2503.14476, equation 11, leaves groups out by their answers, not by their lengths).
 * Where rewards are normalised one by one, the punishment is one more of them.
 *
 * @param maxCompletionLength in tokens
 */
record OverlongShaping(OverlongOptions options, int maxCompletionLength) {
    /** TRL's name of the reward function. */
    static final String REWARD = "soft_overlong_punishment_reward";

    /** Lengths cost nothing. */
    static OverlongShaping none() {
        return new OverlongShaping(OverlongOptions.unused(), 1);
    }

    OverlongShaping {
        requireNonNull(options, "options is null");
    }

    /** The groups as the optimiser is to see them. */
    List<RolloutGroup> of(List<RolloutGroup> groups) {
        return options.used() ? groups.stream().map(this::shaped).toList() : groups;
    }

    private RolloutGroup shaped(RolloutGroup group) {
        return new RolloutGroup(
                group.taskId(), group.episodes().stream().map(this::shaped).toList(), group.skip(), group.detail());
    }

    private RolloutEpisode shaped(RolloutEpisode episode) {
        if (!episode.scored()) {
            return episode;
        }
        double penalty = penalty(episode);
        // An episode that does not say how its reward was summed has one objective, and that holds the penalty.
        Map<String, Double> weights = episode.weights().isEmpty() ? Map.of() : with(episode.weights(), 1);
        return new RolloutEpisode(
                episode.course(),
                episode.reward() + penalty,
                episode.passed(),
                with(episode.terms(), penalty),
                weights,
                episode.samples());
    }

    private static Map<String, Double> with(Map<String, Double> values, double value) {
        var more = new TreeMap<>(values);
        more.put(REWARD, value);
        return more;
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

    private double penalty(RolloutEpisode episode) {
        // What a frozen role writes is nobody's doing.
        int longest = episode.samples().stream()
                .filter(Sample::trains)
                .mapToInt(Sample::length)
                .max()
                .orElse(0);
        return options.penalty(longest, maxCompletionLength);
    }
}
