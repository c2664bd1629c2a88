package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;

/** An adapter in training: its settings and what is trained. */
record TrainLora(LoraConfig config, LoraWeights<NDArray> weights) {
    /** Matrices of some modules of a layer, a before b, in the order of the modules. */
    List<NDArray> matrices(int layer, List<LoraModule> modules) {
        List<NDArray> matrices = new ArrayList<>();
        for (LoraModule module : modules) {
            weights.find(layer, module).ifPresent(pair -> matrices.addAll(List.of(pair.a(), pair.b())));
        }
        return matrices;
    }
}
