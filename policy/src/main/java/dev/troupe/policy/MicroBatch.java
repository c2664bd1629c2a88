package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;

/** Sequences that go through the decoder together, padded on the right, as arrays. */
record MicroBatch(List<TrainingSequence> sequences) {
    MicroBatch {
        sequences = List.copyOf(sequences);
    }

    /** All tokens but the last, which predicts nothing: (batch, longest - 1), padded with 0. */
    NDArray inputs(NDManager step) {
        int length = inputLength();
        long[] ids = new long[sequences.size() * length];
        for (int row = 0; row < sequences.size(); row++) {
            TokenIds tokens = sequences.get(row).tokens();
            for (int t = 0; t < tokens.size() - 1; t++) {
                ids[row * length + t] = tokens.get(t);
            }
        }
        return Torch.owned(step.create(ids, new Shape(sequences.size(), length)));
    }

    private int inputLength() {
        return sequences.stream()
                        .mapToInt(sequence -> sequence.tokens().size())
                        .max()
                        .orElseThrow()
                - 1;
    }

    /** Where, in the flattened batch, each completion token is predicted: (tokens). */
    NDArray positions(NDManager step) {
        int length = inputLength();
        long[] positions = new long[completionTokens()];
        int next = 0;
        for (int row = 0; row < sequences.size(); row++) {
            TrainingSequence sequence = sequences.get(row);
            for (int t = 0; t < sequence.completionLength(); t++) {
                positions[next++] = (long) row * length + sequence.promptLength() - 1 + t;
            }
        }
        return Torch.owned(step.create(positions));
    }

    /** The completion tokens (tokens, 1). */
    NDArray targets(NDManager step) {
        long[] targets = new long[completionTokens()];
        int next = 0;
        for (TrainingSequence sequence : sequences) {
            for (int t = sequence.promptLength(); t < sequence.tokens().size(); t++) {
                targets[next++] = sequence.tokens().get(t);
            }
        }
        return Torch.owned(step.create(targets, new Shape(targets.length, 1)));
    }

    /** One over the temperature of each completion token (tokens, 1). */
    NDArray inverseTemperatures(NDManager step) {
        float[] inverse = new float[completionTokens()];
        int next = 0;
        for (TrainingSequence sequence : sequences) {
            for (int t = 0; t < sequence.completionLength(); t++) {
                inverse[next++] = sequence.inverseTemperature();
            }
        }
        return Torch.owned(step.create(inverse, new Shape(inverse.length, 1)));
    }

    int completionTokens() {
        return sequences.stream().mapToInt(TrainingSequence::completionLength).sum();
    }
}
