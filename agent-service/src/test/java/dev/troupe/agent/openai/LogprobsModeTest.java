package dev.troupe.agent.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.policy.SamplingParams;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LogprobsModeTest {
    private static final Map<String, Double> AT_ONE = Map.of("a", -1.0, "b", -2.0, "c", -4.0);

    @Test
    void tellsWhatTheyAreOfByHowFarApartTokensAre() {
        assertThat(LogprobsMode.of(AT_ONE, AT_ONE)).isEqualTo(LogprobsMode.RAW);
        assertThat(LogprobsMode.of(AT_ONE, Map.of("a", -2.0, "b", -2.5, "c", -3.5, "d", -9.0)))
                .isEqualTo(LogprobsMode.PROCESSED);
    }

    @Test
    void doesNotGuess() {
        assertThat(LogprobsMode.of(Map.of(), Map.of())).isEqualTo(LogprobsMode.UNKNOWN);
        assertThat(LogprobsMode.of(AT_ONE, Map.of("a", -1.0))).isEqualTo(LogprobsMode.UNKNOWN);
        assertThat(LogprobsMode.of(Map.of("a", -1.0, "b", -1.001), Map.of("a", -1.0, "b", -1.001)))
                .isEqualTo(LogprobsMode.UNKNOWN);
        assertThat(LogprobsMode.of(AT_ONE, Map.of("a", -1.0, "b", -3.0, "c", -9.0)))
                .isEqualTo(LogprobsMode.UNKNOWN);
    }

    @Test
    void knowsWhichTurnsGetATrainersLogprobs() {
        var plain = new SamplingParams(1, 1, 0, 8);
        var cooler = new SamplingParams(0.7, 1, 0, 8);
        var nucleus = new SamplingParams(1, 0.9, 0, 8);
        var greedy = SamplingParams.greedy(8);
        assertThat(List.of(plain, nucleus, greedy))
                .allSatisfy(sampling ->
                        assertThat(LogprobsMode.RAW.mismatch(sampling)).isEmpty());
        assertThat(LogprobsMode.RAW.mismatch(cooler))
                .hasValueSatisfying(why -> assertThat(why).contains("0.7", "--logprobs-mode processed_logprobs"));
        assertThat(List.of(plain, cooler, greedy))
                .allSatisfy(sampling ->
                        assertThat(LogprobsMode.PROCESSED.mismatch(sampling)).isEmpty());
        assertThat(LogprobsMode.PROCESSED.mismatch(nucleus))
                .hasValueSatisfying(why -> assertThat(why).contains("top_p 0.9"));
        assertThat(LogprobsMode.PROCESSED.mismatch(new SamplingParams(1, 1, 20, 8)))
                .isPresent();
    }
}
