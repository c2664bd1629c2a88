package dev.troupe.agent.policy;

import static dev.troupe.agent.policy.PolicyRegistryTest.version;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.agent.FakePolicy;
import dev.troupe.agent.policy.PolicySource.Answer;
import dev.troupe.runtime.kafka.RetryLaterException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PolicySourceTest {
    private static final Instant NOW = Instant.ofEpochMilli(1234);

    private final PolicyRegistry registry = new PolicyRegistry(2);
    private final AtomicInteger loads = new AtomicInteger();
    private final PolicySource source = new PolicySource(
            registry,
            version -> {
                loads.incrementAndGet();
                if (version.getVersion() == 13) {
                    throw new PolicyLoadException(PolicyLoadException.Reason.CHECKPOINT, "unlucky");
                }
                if (version.getVersion() == 14) {
                    throw new PolicyLoadException(PolicyLoadException.Reason.STORE, "away");
                }
                return new FakePolicy("x");
            },
            new PolicyMetrics(new SimpleMeterRegistry()),
            () -> NOW);

    @Test
    void givesTheNewestToTurnsThatAskForNone() {
        assertThat(source.find("p", null)).isInstanceOf(Answer.Unknown.class);
        registry.activate(version(4), new FakePolicy("x"));
        assertThat(source.find("p", null))
                .isInstanceOfSatisfying(
                        Answer.Found.class,
                        found -> assertThat(found.lease().version()).isEqualTo(4));
    }

    @Test
    void loadsAnExactVersionOnceWhenItIsAskedFor() {
        registry.announce(version(2));
        for (int i = 0; i < 3; i++) {
            assertThat(source.find("p", 2)).isInstanceOfSatisfying(Answer.Found.class, found -> {
                assertThat(found.lease().version()).isEqualTo(2);
                found.lease().close();
            });
        }
        assertThat(loads).hasValue(1);
    }

    @Test
    void refusesABadVersionWithoutTryingItAgain() {
        registry.announce(version(13));
        assertThat(source.find("p", 13)).isEqualTo(new Answer.Refused("CHECKPOINT: unlucky"));
        assertThat(source.find("p", 13)).isInstanceOf(Answer.Refused.class);
        assertThat(loads).hasValue(1);
    }

    @Test
    void asksAgainForAVersionThatTheStoreDidNotGive() {
        registry.announce(version(14));
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> source.find("p", 14))
                    .isInstanceOf(RetryLaterException.class)
                    .hasMessageContaining("STORE: away");
        }
        assertThat(loads).hasValue(2);
    }

    @Test
    void endsItsWaitAtTheDeadlineWithAReason() throws InterruptedException {
        assertThat(source.await("p", 9, NOW))
                .isInstanceOfSatisfying(
                        Answer.Unknown.class,
                        unknown -> assertThat(unknown.reason()).contains("'p'").contains("version 9"));
    }
}
