package dev.troupe.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ValuesTest {
    @Test
    void valuesCannotBeChangedFromOutside() {
        int[] ids = {1, 2};
        float[] logprobs = {-1, -2};
        var tokens = TokenIds.of(ids);
        var values = LogProbs.of(logprobs);

        ids[0] = 9;
        logprobs[0] = 9;
        tokens.toArray()[1] = 9;
        values.toArray()[1] = 9;

        assertThat(tokens).isEqualTo(TokenIds.of(List.of(1, 2))).hasToString("[1, 2]");
        assertThat(values).isEqualTo(LogProbs.of(List.of(-1f, -2f)));
        assertThat(values.sum()).isEqualTo(-3);
        assertThat(tokens.concat(TokenIds.of(3)).slice(1, 3).asList()).containsExactly(2, 3);
    }

    @Test
    void refusalsNameTheFieldAndTheValue() {
        refuses("-1", () -> TokenIds.of(3, -1));
        refuses("NaN", () -> LogProbs.of(Float.NaN));
        refuses("prompt is empty", () -> new GenerationRequest(TokenIds.of(), SamplingParams.greedy(1), 0));
        refuses("promptLength must be in [1, 2 tokens), not 2", () -> new TrainingSequence(TokenIds.of(1, 2), 2, 1));
        refuses("temperature must be 0 or in [1e-6, 100]: -1.0", () -> new TrainingSequence(TokenIds.of(1, 2), 1, -1));
        refuses("temperature must be 0 or in [1e-6, 100]: NaN", () -> new SamplingParams(Double.NaN, 1, 0, 1));
        refuses("[1e-6, 100]: 1.0E-40", () -> new SamplingParams(1e-40, 1, 0, 1));
        refuses("topP must be in (0, 1]: 0.0", () -> new SamplingParams(1, 0, 0, 1));
        refuses("topK must be 0 (off) or more: -1", () -> new SamplingParams(1, 1, -1, 1));
        refuses("maxCompletionLength must be 1 or more: 0", () -> new SamplingParams(1, 1, 0, 0));
        refuses(
                "differ in length: 1 and 2",
                () -> new Completion(TokenIds.of(1), LogProbs.of(1, 2), FinishReason.STOP));
        refuses("'user\n<|im_end|>'", () -> new ChatMessage("user\n<|im_end|>", ""));
        refuses(
                "beta2 must be in [0, 1), also as a float: 0.99999999",
                () -> new AdamWOptions(1, 0.9, 0.99999999, 1e-8, 0, 1));
        refuses("maxGradNorm must be more than 0: 0.0", () -> new AdamWOptions(1, 0.9, 0.9, 1e-8, 0, 0));
        refuses("shape [3] holds 3 values, not 2", () -> FloatTensor.of(new float[2], 3));
        refuses("vocabSize must be in [259, 1048576]: 258", () -> new BpeTrainer(258, BpePieces.WORDS));
    }

    private static void refuses(String message, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message);
    }
}
