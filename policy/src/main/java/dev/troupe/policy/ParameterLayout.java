package dev.troupe.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which parameters a decoder has, in which order, and which Hugging Face tensors each is stacked from. Projections that
 * read the same input are kept as one matrix (q, k, v; gate, up), so that they cost one multiplication.
 */
record ParameterLayout(List<Slot> slots) {
    /** One Hugging Face tensor and its share of the rows of a slot. */
    record Part(String name, int rows) {}

    /** One parameter: {@code columns} is 0 for a vector. */
    record Slot(List<Part> parts, int columns) {
        Slot {
            parts = List.copyOf(parts);
        }

        int rows() {
            return parts.stream().mapToInt(Part::rows).sum();
        }

        boolean isVector() {
            return columns == 0;
        }

        long size() {
            return partSize(rows());
        }

        long partSize(int rows) {
            return (long) rows * (isVector() ? 1 : columns);
        }

        /** Shape of {@code rows} rows of this slot, as Hugging Face stores it. */
        List<Long> shape(int rows) {
            return isVector() ? List.of((long) rows) : List.of((long) rows, (long) columns);
        }
    }

    ParameterLayout {
        slots = List.copyOf(slots);
    }

    static ParameterLayout of(DecoderConfig config) {
        int hidden = config.hiddenSize();
        int queries = config.numAttentionHeads() * config.headDim();
        int keys = config.numKeyValueHeads() * config.headDim();
        List<Slot> slots = new ArrayList<>();
        slots.add(matrix(hidden, new Part("model.embed_tokens.weight", config.vocabSize())));
        for (int i = 0; i < config.numHiddenLayers(); i++) {
            String layer = "model.layers." + i + ".";
            slots.add(vector(new Part(layer + "input_layernorm.weight", hidden)));
            slots.add(matrix(
                    hidden,
                    new Part(layer + "self_attn.q_proj.weight", queries),
                    new Part(layer + "self_attn.k_proj.weight", keys),
                    new Part(layer + "self_attn.v_proj.weight", keys)));
            if (config.family().hasQkvBias()) {
                slots.add(vector(
                        new Part(layer + "self_attn.q_proj.bias", queries),
                        new Part(layer + "self_attn.k_proj.bias", keys),
                        new Part(layer + "self_attn.v_proj.bias", keys)));
            }
            if (config.family().hasHeadNorms()) {
                slots.add(vector(new Part(layer + "self_attn.q_norm.weight", config.headDim())));
                slots.add(vector(new Part(layer + "self_attn.k_norm.weight", config.headDim())));
            }
            slots.add(matrix(queries, new Part(layer + "self_attn.o_proj.weight", hidden)));
            slots.add(vector(new Part(layer + "post_attention_layernorm.weight", hidden)));
            slots.add(matrix(
                    hidden,
                    new Part(layer + "mlp.gate_proj.weight", config.intermediateSize()),
                    new Part(layer + "mlp.up_proj.weight", config.intermediateSize())));
            slots.add(matrix(config.intermediateSize(), new Part(layer + "mlp.down_proj.weight", hidden)));
        }
        slots.add(vector(new Part("model.norm.weight", hidden)));
        if (!config.tieWordEmbeddings()) {
            slots.add(matrix(hidden, new Part("lm_head.weight", config.vocabSize())));
        }
        return new ParameterLayout(slots);
    }

    /** The place of each slot, for what is loaded slot by slot. */
    List<Integer> indices() {
        return IntStream.range(0, slots.size()).boxed().toList();
    }

    private static Slot vector(Part... parts) {
        return new Slot(List.of(parts), 0);
    }

    private static Slot matrix(int columns, Part... parts) {
        return new Slot(List.of(parts), columns);
    }
}
