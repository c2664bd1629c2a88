package dev.troupe.cli.bench.swap;

import dev.troupe.cli.bench.swap.Residence.Point;
import java.util.List;
import java.util.Map;

/**
 * What a run of one size and mode found.
 *
 * @param announced versions after the first
 * @param active versions that were served, the first included
 * @param refused versions that could not be served, by what was wrong with them
 * @param load how long versions took to load
 * @param residence of the whole process, with broker and load
 * @param busyShare of the wall-clock in which the decoding thread computed
 */
record SwapResult(
        String size,
        String mode,
        int announced,
        int active,
        Map<Fault, Integer> refused,
        Saturation.Account turns,
        Pauses pauses,
        Millis load,
        List<Point> residence,
        double busyShare,
        double tokensPerSecond) {

    SwapResult {
        refused = Map.copyOf(refused);
        residence = List.copyOf(residence);
    }

    /** Versions that were neither served nor refused. */
    int skipped() {
        return announced + 1 - active - refusals();
    }

    int refusals() {
        return refused.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** Turns that were not played exactly once. */
    long dropped() {
        return turns.unanswered() + turns.refused();
    }
}
