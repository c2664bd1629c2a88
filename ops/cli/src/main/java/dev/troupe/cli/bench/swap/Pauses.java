package dev.troupe.cli.bench.swap;

import dev.troupe.cli.bench.swap.StepTape.Step;
import dev.troupe.cli.bench.swap.StepTape.Swap;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * What swaps do to decoding.
 *
 * @param step how long a step takes while nothing is loaded
 * @param stepWhileLoading how long while a version is loaded, on another thread
 * @param pause from one step to the next, where a version began meanwhile, its first prompts read, or sequences were
 *     carried over to it; to be no longer than a step
 * @param tokenAtSwap longest time from the end of one step to that of the next among the eight steps after a swap,
 *     which is what a sequence waits for a token
 * @param tokenElsewhere the same at moments that no load or swap is near
 */
record Pauses(Millis step, Millis stepWhileLoading, Millis pause, Millis tokenAtSwap, Millis tokenElsewhere) {

    private static final int FOLLOWING = 8;

    private static final int QUIET = 0;
    private static final int LOADING = 1;
    private static final int SWAPPED = 2;
    private static final int LEFT_OUT = 3;

    /**
     * @param pauses that the agent told of
     * @param leftOut what is not measured: the garbage of the heap was collected then
     */
    static Pauses of(List<Step> steps, List<Step> pauses, List<Swap> swaps, List<Step> leftOut) {
        long[] tokens = new long[steps.size()];
        for (int i = 1; i < tokens.length; i++) {
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
                Millis.of(pauses.stream()
                        .filter(pause -> leftOut.stream().noneMatch(span -> meet(pause, span)))
                        .mapToLong(pause -> pause.end() - pause.begin())),
                Millis.of(longest(tokens, moments.stream().mapToInt(Integer::intValue))),
                Millis.of(longest(tokens, IntStream.of(elsewhere))));
    }

    private static boolean meet(Step one, Step other) {
        return one.end() > other.begin() && one.begin() < other.end();
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

    /** The pause in steps, both at p99; the goal is 1. */
    double steps() {
        return pause.p99() / step.p99();
    }
}
