package dev.troupe.reward.coding.world;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * How the demonstrated authors behave. They agree on no convention, but like one best, so that untrained teams often do
 * not fit together and yet have something to agree on.
 *
 * @param sharing weight of each {@link Sharing}, in its order
 * @param announce chance that an author first says which one is meant
 * @param slip chance that one clause or constant is wrong
 * @param single share of demonstrations by a single author
 * @param secondTurn chance that a demonstration of a team shows the turn after a failure
 */
public record Habits(List<Double> sharing, double announce, double slip, double single, double secondTurn) {

    /** What the reference policy is made with. */
    public static final Habits REFERENCE = new Habits(List.of(0.50, 0.30, 0.20), 0.2, 0.06, 0.2, 0.06);

    public Habits {
        sharing = List.copyOf(sharing);
        if (sharing.size() != Sharing.values().length) {
            throw new IllegalArgumentException("need a weight for each way of sharing, got " + sharing);
        }
    }

    Sharing draw(RandomGenerator random) {
        double rest = random.nextDouble()
                * sharing.stream().mapToDouble(Double::doubleValue).sum();
        for (Sharing candidate : Sharing.values()) {
            rest -= sharing.get(candidate.ordinal());
            if (rest < 0) {
                return candidate;
            }
        }
        return Sharing.HELPER_KEEPS;
    }
}
