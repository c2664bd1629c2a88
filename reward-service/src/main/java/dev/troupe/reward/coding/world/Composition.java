package dev.troupe.reward.coding.world;

import static java.util.Objects.requireNonNull;

import dev.troupe.reward.world.Split;
import java.util.ArrayList;
import java.util.List;

/** Which three kinds of clauses a program is made of, whatever their constants: the unit of the held-out split. */
record Composition(Keep keep, Change change, Gather gather) {

    Composition {
        requireNonNull(keep, "keep is null");
        requireNonNull(change, "change is null");
        requireNonNull(gather, "gather is null");
    }

    /**
     * Whether the composition is kept away from training. A fifth is, spread so that every single clause and every pair
     * of clauses is still met in training.
     */
    boolean heldOut() {
        return (keep.ordinal() + 2 * change.ordinal() + 3 * gather.ordinal()) % 5 == 0;
    }

    static List<Composition> of(Split split) {
        var compositions = new ArrayList<Composition>();
        for (Keep keep : Keep.values()) {
            for (Change change : Change.values()) {
                for (Gather gather : Gather.values()) {
                    var composition = new Composition(keep, change, gather);
                    if (composition.heldOut() == (split == Split.HELD_OUT)) {
                        compositions.add(composition);
                    }
                }
            }
        }
        return List.copyOf(compositions);
    }
}
