package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;

/** Runs sequences through the decoder, micro-batch by micro-batch, and takes logits at completion positions only. */
final class TokenScorer {
    /**
     * Enough rows to keep matrix products efficient, few enough to stay near the cache (measured at 0.66 M weights).
     */
    static final int MICRO_BATCH_TOKENS = 2048;

    private final DecoderConfig config;
    private final TrainDecoder decoder;

    TokenScorer(DecoderConfig config, TrainDecoder decoder) {
        this.config = config;
        this.decoder = decoder;
    }

    void check(List<TrainingSequence> sequences) {
        if (sequences.isEmpty()) {
            throw new IllegalArgumentException("no sequences: a batch needs at least one");
        }
        int positions = RopeTable.positions(config);
        for (int i = 0; i < sequences.size(); i++) {
            TokenIds tokens = sequences.get(i).tokens();
            if (tokens.size() > positions) {
                throw new IllegalArgumentException("sequence " + i + " has " + tokens.size()
                        + " tokens, more than the model's " + positions + " positions");
            }
            if (tokens.highest() >= config.vocabSize()) {
                throw new IllegalArgumentException("sequence " + i + " has token id " + tokens.highest()
                        + ", outside the vocabulary of " + config.vocabSize());
            }
        }
    }

    TokenLogProbs score(List<TrainingSequence> sequences, NDManager step) {
        NDList compact = new NDList();
        List<NDArray> distributions = new ArrayList<>();
        int[] offsets = new int[sequences.size()];
        int tokens = 0;
        for (List<Integer> indices : MicroBatches.byLength(sequences, MICRO_BATCH_TOKENS)) {
            List<TrainingSequence> micro = indices.stream().map(sequences::get).toList();
            for (int index : indices) {
                offsets[index] = tokens;
                tokens += sequences.get(index).completionLength();
            }
            NDArray distribution = distribution(micro, step);
            distributions.add(distribution);
            compact.add(distribution.gather(targets(micro, step), 1).squeeze(1));
        }
        int columns = sequences.stream()
                .mapToInt(TrainingSequence::completionLength)
                .max()
                .orElseThrow();
        long[] placement = new long[sequences.size() * columns];
        float[] mask = new float[placement.length];
        for (int row = 0; row < sequences.size(); row++) {
            for (int t = 0; t < sequences.get(row).completionLength(); t++) {
                placement[row * columns + t] = (long) offsets[row] + t;
                mask[row * columns + t] = 1;
            }
        }
        return new TokenLogProbs(
                step,
                Torch.concat(compact),
                Torch.owned(step.create(mask, new Shape(sequences.size(), columns))),
                distributions,
                Torch.owned(step.create(placement)));
    }

    /** Log-softmax of logits / temperature at every completion position: (tokens, vocab). */
    private NDArray distribution(List<TrainingSequence> micro, NDManager step) {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray hidden = decoder.hidden(inputs(micro, step), step);
            NDArray flat = hidden.reshape(-1, config.hiddenSize());
            NDArray logits = decoder.logits(Torch.rows(flat, positions(micro, step)));
            if (micro.stream().anyMatch(sequence -> sequence.inverseTemperature() != 1)) {
                logits = logits.mul(inverseTemperatures(micro, step));
            }
            NDArray distribution = logits.logSoftmax(-1);
            NDScope.unregister(distribution);
            return distribution;
        }
    }

    /** All tokens but the last, which predicts nothing: (batch, longest - 1), padded with 0. */
    private static NDArray inputs(List<TrainingSequence> micro, NDManager step) {
        int length = inputLength(micro);
        long[] ids = new long[micro.size() * length];
        for (int row = 0; row < micro.size(); row++) {
            TokenIds tokens = micro.get(row).tokens();
            for (int t = 0; t < tokens.size() - 1; t++) {
                ids[row * length + t] = tokens.get(t);
            }
        }
        return Torch.owned(step.create(ids, new Shape(micro.size(), length)));
    }

    private static int inputLength(List<TrainingSequence> micro) {
        return micro.stream()
                        .mapToInt(sequence -> sequence.tokens().size())
                        .max()
                        .orElseThrow()
                - 1;
    }

    /** Where, in the flattened batch, each completion token is predicted: (tokens). */
    private static NDArray positions(List<TrainingSequence> micro, NDManager step) {
        int length = inputLength(micro);
        long[] positions = new long[completionTokens(micro)];
        int next = 0;
        for (int row = 0; row < micro.size(); row++) {
            TrainingSequence sequence = micro.get(row);
            for (int t = 0; t < sequence.completionLength(); t++) {
                positions[next++] = (long) row * length + sequence.promptLength() - 1 + t;
            }
        }
        return Torch.owned(step.create(positions));
    }

    private static NDArray targets(List<TrainingSequence> micro, NDManager step) {
        long[] targets = new long[completionTokens(micro)];
        int next = 0;
        for (TrainingSequence sequence : micro) {
            for (int t = sequence.promptLength(); t < sequence.tokens().size(); t++) {
                targets[next++] = sequence.tokens().get(t);
            }
        }
        return Torch.owned(step.create(targets, new Shape(targets.length, 1)));
    }

    private static NDArray inverseTemperatures(List<TrainingSequence> micro, NDManager step) {
        float[] inverse = new float[completionTokens(micro)];
        int next = 0;
        for (TrainingSequence sequence : micro) {
            for (int t = 0; t < sequence.completionLength(); t++) {
                inverse[next++] = sequence.inverseTemperature();
            }
        }
        return Torch.owned(step.create(inverse, new Shape(inverse.length, 1)));
    }

    private static int completionTokens(List<TrainingSequence> micro) {
        return micro.stream().mapToInt(TrainingSequence::completionLength).sum();
    }
}
