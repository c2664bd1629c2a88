package dev.troupe.agent.openai;

import dev.troupe.policy.SamplingParams;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a server's log-probs are of. A trainer computes log softmax(logits / temperature), without top-k and top-p; only
 * a completion with these numbers can be trained on.
 */
enum LogprobsMode {
    /** Of the logits as they are; vLLM's default, {@code --logprobs-mode raw_logprobs}. */
    RAW,
    /** Of what was sampled from: temperature, top-k and top-p applied; {@code --logprobs-mode processed_logprobs}. */
    PROCESSED,
    /** It could not be told. */
    UNKNOWN;

    /** At which the second probe samples; the first samples at 1. */
    static final double PROBE_TEMPERATURE = 2;

    /** Log-probs of two tokens that are closer than this say nothing. */
    private static final double SMALLEST_DIFFERENCE = 0.005;

    private static final double TOLERANCE = 0.1;

    /**
     * Tells it by how far apart two tokens are at two temperatures: equally far when these are the model's own
     * log-probs, and half as far at temperature 2 when they are of what was sampled from.
     */
    static LogprobsMode of(Map<String, Double> atOne, Map<String, Double> atTwo) {
        List<String> common = atOne.keySet().stream()
                .filter(atTwo::containsKey)
                .sorted(Comparator.comparing(atOne::get))
                .toList();
        if (common.size() < 2) {
            return UNKNOWN;
        }
        double before = difference(atOne, common);
        double ratio = difference(atTwo, common) / before;
        if (!(before > SMALLEST_DIFFERENCE)) {
            return UNKNOWN;
        }
        if (Math.abs(ratio - 1) < TOLERANCE) {
            return RAW;
        }
        return Math.abs(ratio - 1 / PROBE_TEMPERATURE) < TOLERANCE ? PROCESSED : UNKNOWN;
    }

    private static double difference(Map<String, Double> logprobs, List<String> ascending) {
        return logprobs.getOrDefault(ascending.getLast(), Double.NaN)
                - logprobs.getOrDefault(ascending.getFirst(), Double.NaN);
    }

    /** Why the log-probs of a turn sampled so would not be a trainer's; empty when they would. */
    Optional<String> mismatch(SamplingParams sampling) {
        boolean greedy = sampling.temperature() == 0;
        boolean truncates = !greedy && (sampling.topP() < 1 || sampling.topK() > 0);
        return switch (this) {
            case RAW ->
                greedy || sampling.temperature() == 1
                        ? Optional.empty()
                        : Optional.of("the servers give the log-probs of temperature 1, this turn samples at "
                                + sampling.temperature() + "; start them with --logprobs-mode processed_logprobs");
            case PROCESSED ->
                truncates
                        ? Optional.of(
                                "with top_p %s and top_k %d the servers' log-probs leave tokens out that a trainer"
                                                .formatted(sampling.topP(), sampling.topK())
                                        + " counts; sample with top_p 1 and top_k 0")
                        : Optional.empty();
            case UNKNOWN -> Optional.empty();
        };
    }
}
