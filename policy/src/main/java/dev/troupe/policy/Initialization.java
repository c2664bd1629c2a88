package dev.troupe.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Random starting weights: embeddings N(0, 0.02), projections N(0, 1 / inputs), those that write into the residual
 * stream divided by sqrt(2 layers) besides (GPT-2, section 2.3), norms 1.
 */
final class Initialization {
    private static final double EMBEDDING_DEVIATION = 0.02;

    private Initialization() {}

    static List<FloatTensor> parameters(DecoderConfig config, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<FloatTensor> parameters = new ArrayList<>();
        for (ParameterLayout.Slot slot : ParameterLayout.of(config).slots()) {
            float[] values = new float[Math.toIntExact(slot.size())];
            double deviation = deviation(slot, config);
            float vectorValue = slot.parts().getFirst().name().endsWith(".bias") ? 0 : 1;
            for (int i = 0; i < values.length; i++) {
                values[i] = slot.isVector() ? vectorValue : (float) (random.nextGaussian() * deviation);
            }
            parameters.add(FloatTensor.owning(values, slot.shape(slot.rows())));
        }
        return parameters;
    }

    /** PEFT's start: A uniform in plus or minus 1/sqrt(in) (kaiming_uniform_ with a = sqrt(5)), B zero. */
    static List<FloatTensor> adapter(ParameterLayout layout, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<FloatTensor> matrices = new ArrayList<>();
        for (ParameterLayout.Slot slot : layout.slots()) {
            float[] values = new float[Math.toIntExact(slot.size())];
            if (slot.parts().getFirst().name().endsWith(".lora_A.weight")) {
                double bound = 1 / Math.sqrt(slot.columns());
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) random.nextDouble(-bound, bound);
                }
            }
            matrices.add(FloatTensor.owning(values, slot.shape(slot.rows())));
        }
        return matrices;
    }

    private static double deviation(ParameterLayout.Slot slot, DecoderConfig config) {
        String name = slot.parts().getFirst().name();
        if (name.equals("model.embed_tokens.weight") || name.equals("lm_head.weight")) {
            return EMBEDDING_DEVIATION;
        }
        double deviation = 1 / Math.sqrt(Math.max(1, slot.columns()));
        boolean residual = name.endsWith("o_proj.weight") || name.endsWith("down_proj.weight");
        return residual ? deviation / Math.sqrt(2.0 * config.numHiddenLayers()) : deviation;
    }
}
