package dev.troupe.reward.coordinator;

import java.util.ArrayList;
import java.util.List;

/**
 * The outcome of an event: the state after it, and what is to be done.
 *
 * @param <S> the kind of state
 */
record Transition<S>(S state, List<Effect> effects) {

    Transition {
        effects = List.copyOf(effects);
    }

    static <S> Transition<S> of(S state, Effect... effects) {
        return new Transition<>(state, List.of(effects));
    }

    Transition<S> and(List<Effect> more) {
        var all = new ArrayList<>(effects);
        all.addAll(more);
        return new Transition<>(state, all);
    }
}
