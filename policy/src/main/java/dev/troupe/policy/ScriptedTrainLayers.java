package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Layers by one TorchScript call each; gradients reach the same parameters. */
final class ScriptedTrainLayers implements TrainLayers {
    /** The modules that are computed as one. */
    private static final Map<String, List<LoraModule>> PROJECTIONS = Map.of(
            "QKV", List.of(LoraModule.Q_PROJ, LoraModule.K_PROJ, LoraModule.V_PROJ),
            "OUTPUT", List.of(LoraModule.O_PROJ),
            "GATE_UP", List.of(LoraModule.GATE_PROJ, LoraModule.UP_PROJ),
            "DOWN", List.of(LoraModule.DOWN_PROJ));

    private final ScriptModule module;
    private final DecoderWeights<NDArray> weights;
    private final Optional<TrainLora> lora;
    private final int group;

    private ScriptedTrainLayers(
            ScriptModule module, DecoderWeights<NDArray> weights, Optional<TrainLora> lora, int group) {
        this.module = module;
        this.weights = weights;
        this.lora = lora;
        this.group = group;
    }

    /** @param manager owns the module */
    static ScriptedTrainLayers of(
            DecoderConfig config,
            PolicyOptions options,
            DecoderWeights<NDArray> weights,
            Optional<TrainLora> lora,
            NDManager manager) {
        String source = ScriptSource.read("training.torchscript", config, options);
        for (var constant :
                adapterConstants(config, lora.map(TrainLora::config)).entrySet()) {
            source = source.replace("${" + constant.getKey() + "}", constant.getValue());
        }
        return new ScriptedTrainLayers(
                ScriptModule.compile("training", source, manager), weights, lora, config.queryHeadsPerKeyValueHead());
    }

    private static Map<String, String> adapterConstants(DecoderConfig config, Optional<LoraConfig> lora) {
        Map<String, String> constants = new TreeMap<>();
        constants.put("SCALING", Double.toString(lora.map(LoraConfig::scaling).orElse(1.0)));
        PROJECTIONS.forEach((name, modules) -> {
            List<Integer> starts = new ArrayList<>();
            int start = 0;
            for (LoraModule module : modules) {
                if (lora.isPresent() && lora.get().targets(module)) {
                    starts.add(start);
                }
                start += module.outputs(config);
            }
            constants.put("ADAPTED_" + name, starts.toString());
        });
        return constants;
    }

    /** Each row once for every query head that shares a key head. */
    @Override
    public NDArray mask(int length, NDManager step) {
        NDArray mask = DecoderOps.causalMask(length, step);
        return mask.expandDims(1).broadcast(length, group, length).reshape((long) length * group, length);
    }

    @Override
    public NDArray layer(NDArray x, int index, RopeTable.Rotation rotation, NDArray mask) {
        DecoderWeights.Layer<NDArray> layer = weights.layers().get(index);
        List<NDArray> list = new ArrayList<>(List.of(layer.inputNorm(), layer.qkv()));
        layer.qkvBias().ifPresent(list::add);
        layer.headNorms().ifPresent(norms -> list.addAll(List.of(norms.query(), norms.key())));
        list.addAll(List.of(layer.output(), layer.postNorm(), layer.gateUp(), layer.down()));
        // The order of the enum is that in which the script asks for them.
        lora.ifPresent(adapter -> list.addAll(adapter.matrices(index, List.of(LoraModule.values()))));
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
