package dev.troupe.reward.coding.world;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Chooses the lists a program is tested on, so that programs with another clause or constant fail on at least one of
 * them. Greedy cover: the next list is the one that tells the most remaining wrong programs from the right one.
 */
final class TestLists {

    private static final int CANDIDATES = 120;
    private static final int FEWEST = 6;
    private static final int MOST = 9;

    private TestLists() {}

    /** The lists, the empty one first; nothing when the program cannot be told from one that leaves a clause out. */
    static Optional<List<List<Long>>> choose(ListProgram program, RandomGenerator random) {
        List<List<Long>> candidates = candidates(random);
        List<BitSet> caught = candidates.stream().map(xs -> caught(program, xs)).toList();
        if (!slipsAreCaught(program, candidates)) {
            return Optional.empty();
        }
        var remaining = new BitSet();
        caught.forEach(remaining::or);
        var chosen = new ArrayList<List<Long>>();
        chosen.add(List.of());
        Set<Integer> used = new HashSet<>();
        while (chosen.size() < MOST && (chosen.size() < FEWEST || !remaining.isEmpty())) {
            int best = best(caught, remaining, used);
            used.add(best);
            remaining.andNot(caught.get(best));
            chosen.add(candidates.get(best));
        }
        return remaining.isEmpty() ? Optional.of(List.copyOf(chosen)) : Optional.empty();
    }

    private static int best(List<BitSet> caught, BitSet remaining, Set<Integer> used) {
        int best = -1;
        int most = -1;
        for (int i = 0; i < caught.size(); i++) {
            var gain = (BitSet) caught.get(i).clone();
            gain.and(remaining);
            // once everything is caught, lists that catch more on their own make the fairer fraction of tests passed
            int score = gain.cardinality() * 1000 + caught.get(i).cardinality();
            if (!used.contains(i) && score > most) {
                best = i;
                most = score;
            }
        }
        return best;
    }

    private static List<List<Long>> candidates(RandomGenerator random) {
        var candidates = new ArrayList<List<Long>>();
        for (int i = 0; i < CANDIDATES; i++) {
            // short lists tell boundaries of maxima apart, long ones everything else
            int length = i % 3 == 0 ? 1 + random.nextInt(2) : 4 + random.nextInt(5);
            candidates.add(random.longs(length, -12, 19).boxed().toList());
        }
        return candidates;
    }

    /** Bit per wrong program: neighbours first, then the slips. */
    private static BitSet caught(ListProgram program, List<Long> xs) {
        String right = program.answer(xs);
        var bits = new BitSet();
        int bit = 0;
        for (ListProgram neighbour : program.neighbours()) {
            bits.set(bit++, !neighbour.answer(xs).equals(right));
        }
        for (String slip : program.slips(xs)) {
            bits.set(bit++, !slip.equals(right));
        }
        return bits;
    }

    private static boolean slipsAreCaught(ListProgram program, List<List<Long>> candidates) {
        int first = program.neighbours().size();
        var all = new BitSet();
        candidates.forEach(xs -> all.or(caught(program, xs)));
        // leaving out the first or the second clause must be wrong; doing one twice may happen to be right
        return all.get(first) && all.get(first + 1);
    }
}
