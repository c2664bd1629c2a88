package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads and folds one parameter of a checkpoint after the other, so that no more than one of them exists twice. */
final class WeightFolding {
    private final CheckpointReader checkpoint;
    private final DecoderConfig config;
    private final NDManager manager;
    private final int queryRows;
    /** 1/sqrt(dim) of attention. */
    private final float scale;

    /** What is folded into the projections of a layer, for adapters that are folded later; both (hidden). */
    record Norms(NDArray input, NDArray post) {}

    private WeightFolding(CheckpointReader checkpoint, NDManager manager) {
        this.checkpoint = checkpoint;
        this.config = checkpoint.config();
        this.manager = manager;
        this.queryRows = config.numAttentionHeads() * config.headDim();
        this.scale = (float) (1 / Math.sqrt(config.headDim()));
    }

    /** @param manager owns the folded weights */
    static FoldedWeights load(CheckpointReader checkpoint, NDManager manager) throws IOException {
        return new WeightFolding(checkpoint, manager).load();
    }

    /** The outer norms, layer by layer. */
    static List<Norms> norms(CheckpointReader checkpoint, NDManager manager) throws IOException {
        DecoderWeights<Integer> slot =
                DecoderWeights.of(checkpoint.config(), checkpoint.layout().indices());
        List<Norms> norms = new ArrayList<>();
        for (DecoderWeights.Layer<Integer> layer : slot.layers()) {
            norms.add(
                    new Norms(checkpoint.load(layer.inputNorm(), manager), checkpoint.load(layer.postNorm(), manager)));
        }
        return norms;
    }

    private FoldedWeights load() throws IOException {
        DecoderWeights<Integer> slot =
                DecoderWeights.of(config, checkpoint.layout().indices());
        NDArray embedding = checkpoint.load(slot.embedding(), manager);
        List<FoldedWeights.Layer> layers = new ArrayList<>();
        for (DecoderWeights.Layer<Integer> layer : slot.layers()) {
            layers.add(layer(layer));
        }
        return new FoldedWeights(embedding, layers, projection(slot.head(), slot.norm(), 0));
    }

    private FoldedWeights.Layer layer(DecoderWeights.Layer<Integer> layer) throws IOException {
        // A norm over each head would undo a scale in front of it, so there the norm takes the scale.
        int scaledRows = layer.headNorms().isPresent() ? 0 : queryRows;
        NDArray qkv = projection(layer.qkv(), layer.inputNorm(), scaledRows);
        Optional<NDArray> bias =
                layer.qkvBias().isPresent() ? Optional.of(bias(layer.qkvBias().get())) : Optional.empty();
        Optional<NDArray> headNorms = layer.headNorms().isPresent()
                ? Optional.of(headNorms(layer.headNorms().get()))
                : Optional.empty();
        return new FoldedWeights.Layer(
                qkv,
                bias,
                headNorms,
                checkpoint.load(layer.output(), manager),
                projection(layer.gateUp(), layer.postNorm(), 0),
                checkpoint.load(layer.down(), manager));
    }

    /** A matrix (out, in) times a norm (in) over its columns; its first rows take the scale of attention as well. */
    private NDArray projection(int matrix, int norm, int scaledRows) throws IOException {
        try (NDManager step = manager.newSubManager()) {
            NDArray rows = checkpoint.load(matrix, step);
            NDArray factor = checkpoint.load(norm, step);
            if (scaledRows == 0) {
                return kept(rows.mul(factor));
            }
            long end = rows.getShape().get(0);
            return kept(Torch.concat(new NDList(
                    Torch.slice(rows, 0, 0, scaledRows, step).mul(Torch.scaled(factor, scale)),
                    Torch.slice(rows, 0, scaledRows, end, step).mul(factor))));
        }
    }

    private NDArray bias(int slot) throws IOException {
        try (NDManager step = manager.newSubManager()) {
            NDArray bias = checkpoint.load(slot, step);
            long end = bias.getShape().get(0);
            return kept(Torch.concat(new NDList(
                    Torch.scaled(Torch.slice(bias, 0, 0, queryRows, step), scale),
                    Torch.slice(bias, 0, queryRows, end, step))));
        }
    }

    private NDArray headNorms(DecoderWeights.HeadNorms<Integer> norms) throws IOException {
        try (NDManager step = manager.newSubManager()) {
            NDArray query = Torch.scaled(checkpoint.load(norms.query(), step), scale);
            NDArray key = checkpoint.load(norms.key(), step);
            return kept(Torch.concat(
                    new NDList(repeated(query, config.numAttentionHeads()), repeated(key, config.numKeyValueHeads()))));
        }
    }

    /** (dim) to (times, dim). */
    private static NDArray repeated(NDArray vector, int times) {
        long dim = vector.getShape().get(0);
        return vector.reshape(1, dim).broadcast(new Shape(times, dim));
    }

    private NDArray kept(NDArray folded) {
        folded.attach(manager);
        return folded;
    }
}
