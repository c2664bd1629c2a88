package dev.troupe.agent.policy;

import static dev.troupe.agent.TestVersions.version;
import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.agent.FakePolicy;
import dev.troupe.schemas.avro.ActivationStatus;
import dev.troupe.schemas.avro.ModelActivation;
import dev.troupe.schemas.avro.ModelVersion;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HotLoaderTest {
    private static final Instant NOW = Instant.ofEpochMilli(1234);

    private final PolicyRegistry registry = new PolicyRegistry(0);
    private static final int UNANSWERED = 7;

    private final List<ModelActivation> reported = new ArrayList<>();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final HotLoader loader = new HotLoader(
            "agent", registry, version -> () -> load(version), reported::add, new PolicyMetrics(meters), () -> NOW);

    @Test
    void swapsAndReports() {
        loader.load(version(0));
        loader.load(version(1));
        assertThat(registry.activeVersion("p")).hasValue(1);
        assertThat(reported)
                .extracting(ModelActivation::getVersion, ModelActivation::getPrevious, ModelActivation::getStatus)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(0, null, ActivationStatus.ACTIVE),
                        org.assertj.core.groups.Tuple.tuple(1, 0, ActivationStatus.ACTIVE));
        assertThat(reported.getLast().getActivatedAt()).isEqualTo(1234);
        assertThat(meters.get(PolicyMetrics.VERSION).gauge().value()).isEqualTo(1);
    }

    @Test
    void servesOnWithTheOldVersionWhenTheNewOneIsBad() {
        loader.load(version(0));
        registry.announce(version(13));
        loader.load(version(13));
        assertThat(registry.activeVersion("p")).hasValue(0);
        assertThat(registry.pending("p")).isEmpty();
        assertThat(reported.getLast().getStatus()).isEqualTo(ActivationStatus.REFUSED);
        assertThat(reported.getLast().getReason()).isEqualTo("ARTIFACT: unlucky");
        assertThat(meters.get(PolicyMetrics.REFUSED).counter().count()).isEqualTo(1);
    }

    @Test
    void eachWordNamesAllThatIsServed() {
        // Given
        loader.load(version(0));
        loader.load(ModelVersion.newBuilder(version(4)).setPolicyId("q").build());

        // When
        loader.load(version(13));

        // Then
        assertThat(reported)
                .extracting(ModelActivation::getServing)
                .containsExactly(Map.of("p", 0), Map.of("p", 0, "q", 4), Map.of("p", 0, "q", 4));
    }

    @Test
    void refusesNothingWhileTheStoreIsAway() {
        loader.load(version(0));
        registry.announce(version(14));

        loader.load(version(14));

        assertThat(registry.activeVersion("p")).hasValue(0);
        assertThat(registry.pending("p")).hasValue(version(14));
        assertThat(reported).hasSize(1);
    }

    @Test
    void triesAgainWhatItsServersDoNotAnswerFor() {
        registry.announce(version(UNANSWERED));
        loader.load(version(UNANSWERED));
        assertThat(registry.pending("p")).map(ModelVersion::getVersion).contains(UNANSWERED);
        assertThat(reported).isEmpty();
    }

    private static LoadedPolicy load(ModelVersion version) throws PolicyLoadException {
        if (version.getVersion() == UNANSWERED) {
            throw new PolicyLoadException(PolicyLoadException.Reason.UNREACHABLE, "no server answers");
        }
        if (version.getVersion() == 13) {
            throw new PolicyLoadException(PolicyLoadException.Reason.ARTIFACT, "unlucky");
        }
        if (version.getVersion() == 14) {
            throw new PolicyLoadException(PolicyLoadException.Reason.STORE, "away");
        }
        return new FakePolicy("v" + version.getVersion());
    }
}
