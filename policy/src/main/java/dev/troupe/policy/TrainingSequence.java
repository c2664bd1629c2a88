package dev.troupe.policy;

import static java.util.Objects.requireNonNull;

/**
 * A prompt with its completion, to be scored or trained on.
 *
 * @param tokens prompt and completion
 * @param promptLength how many of the tokens are the prompt; the rest is the completion and is not empty
 * @param temperature that the completion was sampled with; 0 (greedy) is scored as 1
 */
public record TrainingSequence(TokenIds tokens, int promptLength, double temperature) {
    public TrainingSequence {
        requireNonNull(tokens, "tokens is null");
        if (promptLength < 1 || promptLength >= tokens.size()) {
            throw new IllegalArgumentException(
                    "promptLength must be in [1, " + tokens.size() + " tokens), not " + promptLength);
        }
        SamplingParams.requireTemperature(temperature);
    }

    public static TrainingSequence of(TokenIds prompt, TokenIds completion, double temperature) {
        return new TrainingSequence(prompt.concat(completion), prompt.size(), temperature);
    }

    public int completionLength() {
        return tokens.size() - promptLength;
    }

    public TokenIds completion() {
        return tokens.slice(promptLength, tokens.size());
    }

    float inverseTemperature() {
        return temperature == 0 ? 1f : (float) (1 / temperature);
    }
}
