package dev.troupe.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.schemas.avro.ActivationStatus;
import dev.troupe.schemas.avro.ModelActivation;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ServingTest {
    private static final Map<String, Integer> BEFORE = Map.of("p", 1, "q", 7);

    @Test
    void aWordStandsForAllPoliciesOfItsAgent() {
        ModelActivation refused = ModelActivation.newBuilder(word(2, 1, ActivationStatus.REFUSED))
                .setServing(Map.of("p", 1, "r", 0))
                .build();
        ModelActivation nothing =
                ModelActivation.newBuilder(refused).setServing(Map.of()).build();

        assertThat(Serving.after(BEFORE, refused)).isEqualTo(Map.of("p", 1, "r", 0));
        assertThat(Serving.after(BEFORE, nothing)).isEmpty();
    }

    @Test
    void anOldWordStandsForItsOwnPolicy() {
        assertThat(Serving.after(BEFORE, word(2, 1, ActivationStatus.ACTIVE))).isEqualTo(Map.of("p", 2, "q", 7));
        assertThat(Serving.after(BEFORE, word(2, 1, ActivationStatus.REFUSED))).isEqualTo(BEFORE);
        assertThat(Serving.after(BEFORE, word(2, null, ActivationStatus.REFUSED)))
                .isEqualTo(Map.of("q", 7));
    }

    private static ModelActivation word(int version, @Nullable Integer previous, ActivationStatus status) {
        return ModelActivation.newBuilder()
                .setAgentId("agent")
                .setPolicyId("p")
                .setVersion(version)
                .setPrevious(previous)
                .setStatus(status)
                .setActivatedAt(0)
                .setLoadMillis(0)
                .setSwapMillis(0)
                .build();
    }
}
