package dev.troupe.policy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An adapter folded as the base it serves beside: the norms in front of a projection are multiplied into A, the scaling
 * (and for queries that of attention) into B.
 */
final class ServingAdapter {
    private final List<Layer> layers;

    private ServingAdapter(List<Layer> layers) {
        this.layers = List.copyOf(layers);
    }

    /** What is added to each projection of a layer. */
    record Layer(List<Piece> qkv, List<Piece> output, List<Piece> gateUp, List<Piece> down) {
        Layer {
            qkv = List.copyOf(qkv);
            output = List.copyOf(output);
            gateUp = List.copyOf(gateUp);
            down = List.copyOf(down);
        }
    }

    /**
     * One module: a (r, in), b (out, r); its output is columns {@code from} to {@code from} + out of the projection.
     */
    record Piece(NDArray a, NDArray b, long from) {
        /** Adds b a x to some rows of a projection's output; both are (rows, .., width). */
        void addTo(NDArray output, NDArray x, long firstRow, long endRow) {
            NDManager step = output.getManager();
            int columns = output.getShape().dimension() - 1;
            NDArray rows = Torch.slice(output, 0, firstRow, endRow, step);
            NDArray target =
                    Torch.slice(rows, columns, from, from + b.getShape().get(0), step);
            NDArray source = Torch.slice(x, 0, firstRow, endRow, step);
            target.addi(Torch.linear(Torch.linear(source, a), b));
        }
    }

    /**
     * Reads an adapter.
     *
     * @param norms those of the base in front of qkv and of gateUp, layer by layer (hidden)
     * @param manager owns the adapter
     */
    static ServingAdapter load(
            AdapterReader adapter, DecoderConfig config, List<WeightFolding.Norms> norms, NDManager manager)
            throws IOException {
        LoraWeights<Integer> slot =
                LoraWeights.of(config, adapter.lora(), adapter.layout().indices());
        var folding = new Folding(adapter, config, slot, manager);
        List<Layer> layers = new ArrayList<>();
        for (int layer = 0; layer < config.numHiddenLayers(); layer++) {
            layers.add(folding.layer(layer, norms.get(layer)));
        }
        return new ServingAdapter(layers);
    }

    List<Layer> layers() {
        return layers;
    }

    private record Folding(AdapterReader adapter, DecoderConfig config, LoraWeights<Integer> slots, NDManager manager) {
        Layer layer(int layer, WeightFolding.Norms norms) throws IOException {
            return new Layer(
                    pieces(layer, Optional.of(norms.input()), LoraModule.Q_PROJ, LoraModule.K_PROJ, LoraModule.V_PROJ),
                    pieces(layer, Optional.empty(), LoraModule.O_PROJ),
                    pieces(layer, Optional.of(norms.post()), LoraModule.GATE_PROJ, LoraModule.UP_PROJ),
                    pieces(layer, Optional.empty(), LoraModule.DOWN_PROJ));
        }

        private List<Piece> pieces(int layer, Optional<NDArray> norm, LoraModule... modules) throws IOException {
            List<Piece> pieces = new ArrayList<>();
            long from = 0;
            for (LoraModule module : modules) {
                Optional<LoraWeights.Pair<Integer>> pair = slots.find(layer, module);
                if (pair.isPresent()) {
                    pieces.add(piece(pair.get(), norm, scale(module), from));
                }
                from += module.outputs(config);
            }
            return pieces;
        }

        private float scale(LoraModule module) {
            double scaling = adapter.lora().scaling();
            boolean attention = module == LoraModule.Q_PROJ && !config.family().hasHeadNorms();
            return (float) (attention ? scaling / Math.sqrt(config.headDim()) : scaling);
        }

        private Piece piece(LoraWeights.Pair<Integer> pair, Optional<NDArray> norm, float scale, long from)
                throws IOException {
            try (NDManager step = manager.newSubManager()) {
                NDArray a = adapter.load(pair.a(), step);
                NDArray folded = norm.isPresent() ? a.mul(norm.get()) : a;
                NDArray b = Torch.scaled(adapter.load(pair.b(), step), scale);
                folded.attach(manager);
                b.attach(manager);
                return new Piece(folded, b, from);
            }
        }
    }
}
