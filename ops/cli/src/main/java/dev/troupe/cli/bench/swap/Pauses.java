package dev.troupe.cli.bench.swap;

import dev.troupe.cli.bench.swap.StepTape.Step;
import dev.troupe.cli.bench.swap.StepTape.Swap;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * What swaps do to decoding. A pause is the longest time without a decode step among the eight that follow a moment:
 * what joins the batch is read in them too, so the pause at swaps stands beside that at moments without one.
 *
 * @param step how long a step takes while nothing is loaded
 * @param stepWhileLoading how long while a version is loaded, on another thread
 * @param pauseAtSwap one of each swap
 * @param pauseElsewhere at moments that no load or swap is near
 * @param tokenAtSwap longest time from the end of one step to that of the next, which is what a sequence waits for a
 *     token; as for the pauses
 * @param tokenElsewhere at moments that no load or swap is near
 */
record Pauses(
        Millis step,
        Millis stepWhileLoading,
        Millis pauseAtSwap,
        Millis pauseElsewhere,
        Millis tokenAtSwap,
        Millis tokenElsewhere) {

    private static final int FOLLOWING = 8;

    private static final int QUIET = 0;
    private static final int LOADING = 1;
    private static final int SWAPPED = 2;
    private static final int LEFT_OUT = 3;

    /** @param leftOut what is not measured: the garbage of the heap was collected then */
    static Pauses of(List<Step> steps, List<Swap> swaps, List<Step> leftOut) {
        long[] gaps = new long[steps.size()];
        long[] tokens = new long[steps.size()];
        for (int i = 1; i < gaps.length; i++) {
            gaps[i] = steps.get(i).begin() - steps.get(i - 1).end();
            tokens[i] = steps.get(i).end() - steps.get(i - 1).end();
        }
        int[] state = new int[steps.size()];
        var moments = new ArrayList<Integer>();
        int next = 0;
        for (Swap swap : swaps) {
            while (next < state.length && steps.get(next).end() < swap.at()) {
                if (steps.get(next).end() > swap.loadedSince() && state[next] == QUIET) {
                    state[next] = LOADING;
                }
                next++;
            }
            moments.add(next);
            IntStream.range(next, Math.min(next + FOLLOWING, state.length)).forEach(i -> state[i] = SWAPPED);
        }
        for (Step span : leftOut) {
            IntStream.range(0, state.length)
                    .filter(i -> steps.get(i).end() > span.begin()
                            && (i == 0 || steps.get(i - 1).end() < span.end()))
                    .forEach(i -> state[i] = LEFT_OUT);
        }
        moments.removeIf(from ->
                IntStream.range(from, Math.min(from + FOLLOWING, state.length)).anyMatch(i -> state[i] == LEFT_OUT));
        int[] elsewhere = IntStream.range(1, state.length)
                .filter(i -> IntStream.range(i, Math.min(i + FOLLOWING, state.length))
                        .allMatch(j -> state[j] == QUIET))
                .toArray();
        return new Pauses(
                durations(steps, state, QUIET),
                durations(steps, state, LOADING),
                Millis.of(longest(gaps, moments.stream().mapToInt(Integer::intValue))),
                Millis.of(longest(gaps, IntStream.of(elsewhere))),
                Millis.of(longest(tokens, moments.stream().mapToInt(Integer::intValue))),
                Millis.of(longest(tokens, IntStream.of(elsewhere))));
    }

    private static Millis durations(List<Step> steps, int[] state, int wanted) {
        return Millis.of(IntStream.range(0, state.length)
                .filter(i -> state[i] == wanted)
                .mapToLong(i -> steps.get(i).end() - steps.get(i).begin()));
    }

    private static LongStream longest(long[] values, IntStream moments) {
        return moments.filter(from -> from < values.length)
                .mapToLong(from -> LongStream.range(from, Math.min(from + FOLLOWING, values.length))
                        .map(i -> values[(int) i])
                        .max()
                        .orElse(0));
    }

    /** The pause at swaps in steps, both at p99; the goal is 1. */
    double steps() {
        return pauseAtSwap.p99() / step.p99();
    }
}
