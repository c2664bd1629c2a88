package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.function.Supplier;

/**
 * The log-probs of the completion tokens of a batch, padded on the right: row i belongs to sequence i of the call,
 * column t to its t-th completion token. Valid only while the {@link SequenceLoss} runs.
 */
public final class TokenLogProbs {
    private final NDManager manager;
    private final NDArray logprobs;
    private final NDArray mask;
    private final Supplier<NDArray> entropies;
    private final NDArray placement;

    /**
     * @param compact log-probs (tokens), in the order that placement counts in
     * @param entropies likewise, when they are asked for
     * @param placement for each cell of the padded batch, which token it shows (rows * columns); padding shows token 0
     */
    TokenLogProbs(NDManager manager, NDArray compact, NDArray mask, Supplier<NDArray> entropies, NDArray placement) {
        this.manager = manager;
        this.mask = mask;
        this.entropies = entropies;
        this.placement = placement;
        this.logprobs = padded(compact);
    }

    /** (rows, columns) with gradient; 0 where the mask is 0. */
    public NDArray logprobs() {
        return logprobs;
    }

    /** (rows, columns): 1 for completion tokens, 0 for padding. */
    public NDArray mask() {
        return mask;
    }

    /** The entropy in nats of the distribution each token was drawn from (rows, columns), without gradient. */
    public NDArray entropy() {
        return Torch.notRecording(() -> padded(entropies.get()));
    }

    public int rows() {
        return (int) mask.getShape().get(0);
    }

    public int columns() {
        return (int) mask.getShape().get(1);
    }

    /** For temporaries; closed with the batch. Put activations, not parameters, on the left of every operation. */
    public NDManager manager() {
        return manager;
    }

    /** Lays per-token values of each sequence out as (rows, columns), 0 in the padding. */
    public NDArray padded(List<LogProbs> values) {
        if (values.size() != rows()) {
            throw new IllegalArgumentException(
                    "values for " + values.size() + " sequences, but the batch has " + rows());
        }
        int columns = columns();
        float[] cells = new float[rows() * columns];
        for (int row = 0; row < values.size(); row++) {
            LogProbs line = values.get(row);
            if (line.size() > columns) {
                throw new IllegalArgumentException(
                        "sequence " + row + " has " + line.size() + " values, more than " + columns + " columns");
            }
            System.arraycopy(line.toArray(), 0, cells, row * columns, line.size());
        }
        return Torch.owned(manager.create(cells, new Shape(rows(), columns)));
    }

    private NDArray padded(NDArray compact) {
        return compact.gather(placement, 0).reshape(mask.getShape()).mul(mask);
    }
}
