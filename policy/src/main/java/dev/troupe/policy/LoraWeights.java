package dev.troupe.policy;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A value for every matrix of an adapter, by layer and module.
 *
 * @param <T> what is held: a device array while training, the index of a slot while loading
 */
record LoraWeights<T>(List<Map<LoraModule, Pair<T>>> layers) {
    /** a is (r, in), b is (out, r). */
    record Pair<T>(T a, T b) {}

    LoraWeights {
        layers = layers.stream().map(Map::copyOf).toList();
    }

    /**
     * The matrices of an adapter in the order they are kept in, under PEFT's names
     * ({@code base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight}).
     */
    static ParameterLayout layout(DecoderConfig config, LoraConfig lora) {
        List<ParameterLayout.Slot> slots = new ArrayList<>();
        for (int layer = 0; layer < config.numHiddenLayers(); layer++) {
            for (LoraModule module : lora.targetModules()) {
                String path = "base_model.model." + module.path(layer);
                slots.add(slot(path + ".lora_A.weight", lora.r(), module.inputs(config)));
                slots.add(slot(path + ".lora_B.weight", module.outputs(config), lora.r()));
            }
        }
        return new ParameterLayout(slots);
    }

    private static ParameterLayout.Slot slot(String name, int rows, int columns) {
        return new ParameterLayout.Slot(List.of(new ParameterLayout.Part(name, rows)), columns);
    }

    /** Takes the values in the order of {@link #layout}. */
    static <T> LoraWeights<T> of(DecoderConfig config, LoraConfig lora, List<T> values) {
        Iterator<T> next = values.iterator();
        List<Map<LoraModule, Pair<T>>> layers = new ArrayList<>();
        for (int layer = 0; layer < config.numHiddenLayers(); layer++) {
            Map<LoraModule, Pair<T>> modules = new EnumMap<>(LoraModule.class);
            for (LoraModule module : lora.targetModules()) {
                modules.put(module, new Pair<>(next.next(), next.next()));
            }
            layers.add(modules);
        }
        return new LoraWeights<>(layers);
    }

    Optional<Pair<T>> find(int layer, LoraModule module) {
        return Optional.ofNullable(layers.get(layer).get(module));
    }
}
