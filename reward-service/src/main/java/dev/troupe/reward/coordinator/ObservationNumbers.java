package dev.troupe.reward.coordinator;

import dev.troupe.schemas.avro.RoleObservation;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.IdentityHashMap;

/** Names the observations of a group, so that each is written once, however many episodes share it. */
final class ObservationNumbers {

    private ObservationNumbers() {}

    /**
     * The numbers of the observations that roles act on. By identity: the episodes of a group share those of its first
     * turn. One keeps its number as long as it is there, so that what names it need not be encoded again.
     */
    static IdentityHashMap<RoleObservation, Integer> of(
            GroupState group, IdentityHashMap<RoleObservation, Integer> before) {
        var numbers = new IdentityHashMap<RoleObservation, Integer>();
        var fresh = new ArrayList<RoleObservation>();
        var taken = new BitSet();
        group.acting().flatMap(acting -> acting.roles().stream()).forEach(role -> {
            Integer number = before.get(role.observation());
            if (number == null) {
                fresh.add(role.observation());
            } else {
                numbers.put(role.observation(), number);
                taken.set(number);
            }
        });
        if (fresh.isEmpty() && numbers.size() == before.size()) {
            return before;
        }
        for (RoleObservation observation : fresh) {
            numbers.computeIfAbsent(observation, _ -> {
                int number = taken.nextClearBit(0);
                taken.set(number);
                return number;
            });
        }
        return numbers;
    }
}
