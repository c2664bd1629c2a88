package dev.troupe.trainer.rollout;

import dev.troupe.trainer.grpo.Advantages;
import dev.troupe.trainer.grpo.Objective;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The completions of a group, each once, and the episodes that hold it. What was drawn once is known by its role, the
 * episode it was drawn for and its turn; where completions are crossed, several episodes hold it.
 */
final class CrossedDraws {
    private static final Comparator<Draw> ORDER =
            Comparator.comparing(Draw::role).thenComparingInt(Draw::episode).thenComparingInt(Draw::turn);

    private final RolloutGroup group;
    private final SortedMap<Draw, Held> draws;

    /** What was drawn once. */
    private record Draw(String role, int episode, int turn) {}

    /** A completion and the indices of the episodes that hold it. */
    private record Held(Sample sample, List<Integer> episodes) {}

    private CrossedDraws(RolloutGroup group, SortedMap<Draw, Held> draws) {
        this.group = group;
        this.draws = draws;
    }

    /** @throws IllegalArgumentException when two completions claim to be the same draw and differ */
    static CrossedDraws of(RolloutGroup group) {
        var draws = new TreeMap<Draw, Held>(ORDER);
        List<RolloutEpisode> episodes = group.episodes();
        for (int e = 0; e < episodes.size(); e++) {
            for (Sample sample : episodes.get(e).samples()) {
                var draw = new Draw(sample.role(), sample.episode(), sample.turn());
                Held held = draws.computeIfAbsent(draw, _ -> new Held(sample, new ArrayList<>()));
                if (!held.sample().equals(sample)) {
                    throw new IllegalArgumentException(
                            "two completions of role %s in turn %d say they are of episode %d"
                                    .formatted(draw.role(), draw.turn(), draw.episode()));
                }
                held.episodes().add(e);
            }
        }
        return new CrossedDraws(group, draws);
    }

    /** Whether an episode shares a completion with another. */
    boolean any() {
        return draws.values().stream().anyMatch(held -> held.episodes().size() > 1);
    }

    /** Each completion once. */
    List<Sample> distinct() {
        return draws.values().stream().map(Held::sample).toList();
    }

    /**
     * The completions of each role by themselves: a completion's reward is its marginal, the mean over the scored
     * episodes that hold it. MAGRPO's code has the sum, which is the mean times their number.
     */
    List<Cohort> cohorts() {
        var byRole = new TreeMap<String, List<Held>>();
        draws.values().stream()
                .filter(held -> held.sample().trains())
                .forEach(held -> byRole.computeIfAbsent(held.sample().role(), _ -> new ArrayList<>())
                        .add(held));
        return byRole.values().stream().map(this::cohort).toList();
    }

    private Cohort cohort(Collection<Held> role) {
        return new Cohort(
                marginal(new Objective(1, group.rewards()), role),
                group.objectives().stream()
                        .map(objective -> marginal(objective, role))
                        .toList(),
                role.stream().map(held -> List.of(held.sample())).toList());
    }

    private static Objective marginal(Objective objective, Collection<Held> role) {
        double[] rewards = objective.rewards();
        return new Objective(
                objective.weight(),
                role.stream()
                        .mapToDouble(held -> Advantages.mean(held.episodes().stream()
                                .mapToDouble(episode -> rewards[episode])
                                .toArray()))
                        .toArray());
    }
}
