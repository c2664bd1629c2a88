package dev.troupe.trainer.critic;

import dev.troupe.policy.TokenIds;
import dev.troupe.policy.ValueLoss;
import dev.troupe.trainer.grpo.Advantages;
import dev.troupe.trainer.rollout.RolloutEpisode;
import dev.troupe.trainer.rollout.Sample;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * What a critic expected at each turn of scored episodes, and what came of it. Equal histories are looked at once: in
 * one turn all episodes of a group have the same.
 */
public final class Assessment {
    private final List<Turn> turns = new ArrayList<>();
    private final IdentityHashMap<RolloutEpisode, Map<Integer, Turn>> byEpisode = new IdentityHashMap<>();
    private final Map<TokenIds, Integer> histories = new LinkedHashMap<>();
    private final double[] values;

    /** A turn that was played: its history by index, and its return. */
    private record Turn(int history, double reward) {}

    /**
     * Looks at every turn of the episodes.
     *
     * @param gamma by which the joint reward is discounted for each turn before the last
     * @param positions most tokens of a history
     * @param critic what histories are worth
     */
    Assessment(List<RolloutEpisode> scored, double gamma, int positions, Function<List<TokenIds>, double[]> critic) {
        for (RolloutEpisode episode : scored) {
            int[] played = episode.samples().stream()
                    .mapToInt(Sample::turn)
                    .distinct()
                    .sorted()
                    .toArray();
            var ofEpisode = new HashMap<Integer, Turn>();
            for (int number : played) {
                TokenIds history = JointHistory.before(episode, number, positions);
                double discount = Math.pow(gamma, played[played.length - 1] - (double) number);
                int index = histories.computeIfAbsent(history, _ -> histories.size());
                var turn = new Turn(index, discount * episode.reward());
                turns.add(turn);
                ofEpisode.put(number, turn);
            }
            byEpisode.put(episode, ofEpisode);
        }
        values = histories.isEmpty() ? new double[0] : critic.apply(histories());
    }

    /** Whether no turn was played. */
    boolean isEmpty() {
        return turns.isEmpty();
    }

    /** Each history once. */
    List<TokenIds> histories() {
        return List.copyOf(histories.keySet());
    }

    /** How much better a turn of one of the episodes came out than was expected: {@code R - V(h)}. */
    public double advantage(RolloutEpisode episode, int turn) {
        Turn played = byEpisode.getOrDefault(episode, Map.of()).get(turn);
        if (played == null) {
            throw new IllegalArgumentException("turn %d is not of an episode that was assessed".formatted(turn));
        }
        return played.reward() - values[played.history()];
    }

    /** Half the squared error, averaged over the turns. */
    ValueLoss loss() {
        double[] counts = new double[values.length];
        double[] sums = new double[values.length];
        double[] squares = new double[values.length];
        for (Turn turn : turns) {
            counts[turn.history()]++;
            sums[turn.history()] += turn.reward();
            squares[turn.history()] += turn.reward() * turn.reward();
        }
        double all = turns.size();
        return new ValueLoss() {
            @Override
            public double of(int history, double value) {
                return (value * (counts[history] * value - 2 * sums[history]) + squares[history]) / (2 * all);
            }

            @Override
            public double derivative(int history, double value) {
                return (counts[history] * value - sums[history]) / all;
            }
        };
    }

    /** The mean of the expectations over the turns. */
    double valueMean() {
        return Advantages.mean(expected());
    }

    /** {@code 1 - Var(R - V) / Var(R)}; NaN where all returns are equal. */
    double explainedVariance() {
        double[] expected = expected();
        double[] returns = turns.stream().mapToDouble(Turn::reward).toArray();
        double[] errors = IntStream.range(0, returns.length)
                .mapToDouble(i -> returns[i] - expected[i])
                .toArray();
        double all = Advantages.deviation(returns);
        double left = Advantages.deviation(errors);
        return Advantages.allEqual(returns) ? Double.NaN : 1 - left * left / (all * all);
    }

    private double[] expected() {
        return turns.stream().mapToDouble(turn -> values[turn.history()]).toArray();
    }
}
