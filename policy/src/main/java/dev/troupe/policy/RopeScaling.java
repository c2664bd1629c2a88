package dev.troupe.policy;

/** How rotary frequencies are stretched for contexts longer than those of pre-training. */
public sealed interface RopeScaling {
    /** One frequency of the unscaled table, in radians a position, to the one that is used. */
    float scaled(float frequency);

    /** Frequencies as they are. */
    record Plain() implements RopeScaling {
        @Override
        public float scaled(float frequency) {
            return frequency;
        }
    }

    /**
     * Llama 3.1's scaling ({@code rope_type} llama3 of transformers' modeling_rope_utils): long waves are slowed down
     * by {@code factor}, short ones kept, those between interpolated.
     *
     * @param originalMaxPositionEmbeddings context length of pre-training, in tokens
     */
    record Llama3(double factor, double lowFreqFactor, double highFreqFactor, int originalMaxPositionEmbeddings)
            implements RopeScaling {
        public Llama3 {
            if (!(factor >= 1) || Double.isInfinite(factor)) {
                throw new IllegalArgumentException("factor of rope scaling must be 1 or more: " + factor);
            }
            if (!(lowFreqFactor > 0 && lowFreqFactor < highFreqFactor) || Double.isInfinite(highFreqFactor)) {
                throw new IllegalArgumentException("rope scaling needs 0 < low_freq_factor < high_freq_factor: "
                        + lowFreqFactor + " and " + highFreqFactor);
            }
            if (originalMaxPositionEmbeddings < 1) {
                throw new IllegalArgumentException(
                        "original_max_position_embeddings must be 1 or more: " + originalMaxPositionEmbeddings);
            }
        }

        @Override
        public float scaled(float frequency) {
            // In single precision, as transformers computes it.
            float wave = (float) (2 * Math.PI) / frequency;
            if (wave < originalMaxPositionEmbeddings / highFreqFactor) {
                return frequency;
            }
            float slowed = (float) (frequency / factor);
            if (wave > originalMaxPositionEmbeddings / lowFreqFactor) {
                return slowed;
            }
            float smooth =
                    (float) ((originalMaxPositionEmbeddings / wave - lowFreqFactor) / (highFreqFactor - lowFreqFactor));
            return (1 - smooth) * slowed + smooth * frequency;
        }
    }
}
