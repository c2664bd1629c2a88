package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import java.util.List;

/** What an adapter adds to the projections of a decoder, recorded for gradients when the thread records. */
final class TrainAdapter {
    private final DecoderConfig config;
    private final LoraWeights<NDArray> weights;
    private final float scaling;

    TrainAdapter(DecoderConfig config, LoraConfig lora, LoraWeights<NDArray> weights) {
        this.config = config;
        this.weights = weights;
        this.scaling = (float) lora.scaling();
    }

    /**
     * Adds scaling * B A x to the output of modules that are computed as one.
     *
     * @param x (.., in)
     * @param output (.., out of all the modules, side by side)
     */
    NDArray add(NDArray x, NDArray output, int layer, List<LoraModule> modules) {
        if (modules.stream().noneMatch(module -> weights.find(layer, module).isPresent())) {
            return output;
        }
        var parts = new NDList();
        for (LoraModule module : modules) {
            parts.add(weights.find(layer, module)
                    .map(pair -> Torch.linear(Torch.scaled(Torch.linear(x, pair.a()), scaling), pair.b()))
                    .orElseGet(() -> nothing(x, module)));
        }
        // The engine's own concat of a single array loses its gradient.
        return output.add(
                parts.size() == 1
                        ? parts.get(0)
                        : NDArrays.concat(parts, x.getShape().dimension() - 1));
    }

    private NDArray nothing(NDArray x, LoraModule module) {
        long[] shape = x.getShape().getShape().clone();
        shape[shape.length - 1] = module.outputs(config);
        return x.getManager().zeros(new Shape(shape));
    }
}
