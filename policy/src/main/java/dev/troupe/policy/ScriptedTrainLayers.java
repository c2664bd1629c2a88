package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;

/** Layers by one TorchScript call each; gradients reach the same parameters. */
final class ScriptedTrainLayers implements TrainLayers {
    private final ScriptModule module;
    private final DecoderWeights<NDArray> weights;

    private ScriptedTrainLayers(ScriptModule module, DecoderWeights<NDArray> weights) {
        this.module = module;
        this.weights = weights;
    }

    /** @param manager owns the module */
    static ScriptedTrainLayers of(
            DecoderConfig config, PolicyOptions options, DecoderWeights<NDArray> weights, NDManager manager) {
        String source = ScriptSource.read("training.torchscript", config, options);
        return new ScriptedTrainLayers(ScriptModule.compile("training", source, manager), weights);
    }

    @Override
    public NDArray layer(NDArray x, int index, RopeTable.Rotation rotation, NDArray mask) {
        DecoderWeights.Layer<NDArray> layer = weights.layers().get(index);
        List<NDArray> list = new ArrayList<>(List.of(layer.inputNorm(), layer.qkv()));
        layer.qkvBias().ifPresent(list::add);
        layer.headNorms().ifPresent(norms -> list.addAll(List.of(norms.query(), norms.key())));
        list.addAll(List.of(layer.output(), layer.postNorm(), layer.gateUp(), layer.down()));
        return module.record("layer", List.of(x, rotation.cos(), rotation.sin(), mask), list);
    }

    @Override
    public NDArray norm(NDArray x) {
        return module.record("norm", List.of(x), List.of(weights.norm()));
    }

    @Override
    public NDArray logits(NDArray hidden) {
        return module.record("logits", List.of(hidden), List.of(weights.head()));
    }
}
