package dev.troupe.agent.policy;

import static dev.troupe.agent.TestVersions.version;
import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.agent.FakePolicy;
import dev.troupe.schemas.avro.ModelVersion;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class PolicyRegistryTest {
    private final FakePolicy zero = new FakePolicy("0");
    private final FakePolicy one = new FakePolicy("1");
    private final FakePolicy two = new FakePolicy("2");

    @Test
    void closesAVersionWhenItsLastGenerationEnds() {
        try (var registry = new PolicyRegistry(0)) {
            registry.activate(version(0), zero);
            PolicyLease first = registry.lease("p").orElseThrow();
            PolicyLease second = registry.lease("p").orElseThrow();

            registry.activate(version(1), one);

            assertThat(registry.lease("p").orElseThrow().version()).isEqualTo(1);
            assertThat(zero.timesClosed()).isZero();
            first.close();
            first.close();
            assertThat(zero.timesClosed()).isZero();
            assertThat(registry.leaving("p")).isOne();
            second.close();
            assertThat(zero.timesClosed()).isOne();
            assertThat(registry.leaving("p")).isZero();
        }
    }

    @Test
    void tellsLeasesThatAreOutdatedFromThoseOfAnExactVersion() {
        try (var registry = new PolicyRegistry(0)) {
            // Given
            registry.activate(version(0), zero);
            PolicyLease newest = registry.lease("p").orElseThrow();
            PolicyLease exact = registry.lease("p", 0).orElseThrow();
            assertThat(newest.isOutdated()).isFalse();

            // When
            registry.activate(version(1), one);

            // Then: a version that was replaced can still be shared by those who hold it
            PolicyLease shared = newest.share();
            assertThat(shared.isOutdated()).isTrue();
            assertThat(exact.isOutdated()).isFalse();
            assertThat(exact.share().isOutdated()).isFalse();
            assertThat(newest.successor()).map(PolicyLease::version).contains(1);
        }
    }

    @Test
    void closesAnIdleVersionAtOnce() {
        try (var registry = new PolicyRegistry(0)) {
            registry.activate(version(0), zero);
            registry.activate(version(1), one);
            assertThat(zero.timesClosed()).isOne();
            assertThat(one.timesClosed()).isZero();
        }
        assertThat(one.timesClosed()).isOne();
        assertThat(zero.timesClosed()).isOne();
    }

    @Test
    void keepsTheVersionsUsedLast() {
        try (var registry = new PolicyRegistry(1)) {
            registry.activate(version(0), zero);
            registry.activate(version(1), one);
            registry.lease("p", 0).orElseThrow().close();
            assertThat(zero.timesClosed()).isZero();

            registry.activate(version(2), two);

            assertThat(zero.timesClosed()).isOne();
            assertThat(registry.lease("p", 0)).isEmpty();
            registry.lease("p", 1).orElseThrow().close();
            registry.lease("p", 2).orElseThrow().close();
        }
    }

    @Test
    void lendsAVersionThatHasNoRoom() {
        try (var registry = new PolicyRegistry(0)) {
            PolicyLease lease = registry.keepLoaded(version(0), zero);
            assertThat(zero.timesClosed()).isZero();
            lease.close();
            assertThat(zero.timesClosed()).isOne();
        }
    }

    @Test
    void skipsVersionsBetweenAndThoseRefused() {
        try (var registry = new PolicyRegistry(0)) {
            List.of(0, 1, 2).forEach(number -> registry.announce(version(number)));
            assertThat(registry.pending("p")).map(ModelVersion::getVersion).contains(2);
            registry.activate(version(0), zero);
            registry.refuse(version(2), "broken");
            assertThat(registry.pending("p")).map(ModelVersion::getVersion).contains(1);
            registry.activate(version(1), two);
            assertThat(registry.pending("p")).isEmpty();
            registry.announce(version(3));
            assertThat(registry.pending("p")).map(ModelVersion::getVersion).contains(3);
            registry.activate(version(3), one);
            assertThat(registry.pending("p")).isEmpty();
        }
    }

    @Test
    void closesWhatArrivesAfterItsEnd() {
        var registry = new PolicyRegistry(3);
        registry.activate(version(0), zero);
        PolicyLease lease = registry.lease("p").orElseThrow();
        registry.close();
        registry.close();
        registry.activate(version(1), one);
        registry.keepLoaded(version(2), two).close();
        assertThat(one.timesClosed()).isOne();
        assertThat(two.timesClosed()).isOne();
        assertThat(zero.timesClosed()).isZero();
        lease.close();
        assertThat(zero.timesClosed()).isOne();
    }

    @Test
    void doesNotMissAChangeBetweenLookingAndWaiting() throws InterruptedException {
        try (var registry = new PolicyRegistry(0)) {
            long seen = registry.changes();
            registry.announce(version(0));
            registry.awaitChange(seen, Duration.ofHours(1));
            assertThat(registry.changes()).isGreaterThan(seen);
        }
    }
}
