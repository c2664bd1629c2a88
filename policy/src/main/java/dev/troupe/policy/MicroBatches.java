package dev.troupe.policy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Groups sequences of like length, so that little is spent on padding. */
public final class MicroBatches {
    private MicroBatches() {}

    /**
     * Splits a batch into micro-batches by length.
     *
     * @param maxPaddedTokens most tokens, padding included, of one micro-batch; a longer sequence gets one to itself
     * @return indices into {@code sequences}, each exactly once, longest sequences first
     */
    public static List<List<Integer>> byLength(List<TrainingSequence> sequences, int maxPaddedTokens) {
        if (maxPaddedTokens < 1) {
            throw new IllegalArgumentException("maxPaddedTokens must be 1 or more: " + maxPaddedTokens);
        }
        List<Integer> order = IntStream.range(0, sequences.size())
                .boxed()
                .sorted(Comparator.comparingInt(
                                (Integer i) -> -sequences.get(i).tokens().size())
                        .thenComparing(Comparator.naturalOrder()))
                .toList();
        List<List<Integer>> batches = new ArrayList<>();
        List<Integer> batch = new ArrayList<>();
        int longest = 0;
        for (int index : order) {
            if (!batch.isEmpty() && (long) longest * (batch.size() + 1) > maxPaddedTokens) {
                batches.add(List.copyOf(batch));
                batch.clear();
            }
            if (batch.isEmpty()) {
                longest = sequences.get(index).tokens().size();
            }
            batch.add(index);
        }
        if (!batch.isEmpty()) {
            batches.add(List.copyOf(batch));
        }
        return batches;
    }
}
