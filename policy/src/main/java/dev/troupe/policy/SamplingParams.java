package dev.troupe.policy;

/**
 * How to sample, under TRL's names.
 *
 * @param temperature divides the logits; 0 means greedy (the log-probs are then those of temperature 1)
 * @param topP keeps the smallest set of most likely tokens whose probability reaches it; 1 keeps all
 * @param topK keeps the k most likely tokens; 0 keeps all
 * @param maxCompletionLength most tokens to sample, the end-of-sequence token included
 */
public record SamplingParams(double temperature, double topP, int topK, int maxCompletionLength) {
    public SamplingParams {
        requireTemperature(temperature);
        if (!(topP > 0 && topP <= 1)) {
            throw new IllegalArgumentException("topP must be in (0, 1]: " + topP);
        }
        if (topK < 0) {
            throw new IllegalArgumentException("topK must be 0 (off) or more: " + topK);
        }
        if (maxCompletionLength < 1) {
            throw new IllegalArgumentException("maxCompletionLength must be 1 or more: " + maxCompletionLength);
        }
    }

    /** Below a millionth, one over it times a logit leaves the range of a float. */
    static void requireTemperature(double temperature) {
        if (!(temperature == 0 || (temperature >= 1e-6 && temperature <= 100))) {
            throw new IllegalArgumentException("temperature must be 0 or in [1e-6, 100]: " + temperature);
        }
    }

    public static SamplingParams greedy(int maxCompletionLength) {
        return new SamplingParams(0, 1, 0, maxCompletionLength);
    }

    boolean isGreedy() {
        return temperature == 0;
    }

    boolean truncates() {
        return topP < 1 || topK > 0;
    }
}
