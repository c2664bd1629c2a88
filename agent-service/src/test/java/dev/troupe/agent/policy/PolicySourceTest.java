package dev.troupe.agent.policy;

import static dev.troupe.agent.TestVersions.version;
import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.agent.FakePolicy;
import dev.troupe.agent.policy.PolicyLoadException.Reason;
import dev.troupe.agent.policy.PolicySource.Answer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class PolicySourceTest {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private volatile Instant now = Instant.ofEpochMilli(1234);
    private final PolicyRegistry registry = new PolicyRegistry(0);
    private final GatedLoader loader = new GatedLoader();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final PolicySource source = new PolicySource(registry, loader, new PolicyMetrics(meters), () -> now);

    @AfterEach
    void close() {
        source.close();
    }

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
    void saysWhatNobodyHasAnnounced() {
        assertThat(source.find("p", 9)).isEqualTo(new Answer.Unknown("policy 'p' has no version 9 in model-versions"));
    }

    @Test
    void loadsAnExactVersionOnceForAllWhoUseIt() throws Exception {
        registry.announce(version(2));
        CountDownLatch gate = loader.stall(2);
        assertThat(source.find("p", 2)).isEqualTo(new Answer.Coming("version 2 of policy 'p' is being loaded", now));
        assertThat(source.find("p", 2)).isInstanceOf(Answer.Coming.class);

        gate.countDown();

        try (PolicyLease first = lease(2);
                PolicyLease again = first.share()) {
            assertThat(again.version()).isEqualTo(2);
            assertThat(loader.fetches()).isOne();
            assertThat(loader.open()).isZero();
        }
    }

    @Test
    void oneThatDoesNotComeHoldsUpNoOther() throws Exception {
        registry.announce(version(2));
        registry.announce(version(3));
        CountDownLatch gate = loader.stall(2);
        assertThat(source.find("p", 2)).isInstanceOf(Answer.Coming.class);

        lease(3).close();

        assertThat(source.find("p", 2)).isInstanceOf(Answer.Coming.class);
        gate.countDown();
        lease(2).close();
    }

    @Test
    void refusesABadVersionWithoutTryingItAgain() throws Exception {
        registry.announce(version(13));
        loader.fail(13, new PolicyLoadException(Reason.CHECKPOINT, "unlucky"));
        for (int i = 0; i < 2; i++) {
            assertThat(settled(13)).isEqualTo(new Answer.Refused("CHECKPOINT: unlucky"));
        }
        assertThat(loader.fetches()).isOne();
        assertThat(meters.get(PolicyMetrics.REFUSED).counter().count()).isOne();
    }

    @Test
    void asksAgainLaterForAVersionThatTheStoreDidNotGive() throws Exception {
        registry.announce(version(14));
        loader.fail(14, new PolicyLoadException(Reason.STORE, "away"));
        for (int i = 0; i < 2; i++) {
            assertThat(settled(14)).isEqualTo(new Answer.Away("STORE: away", Duration.ofSeconds(5)));
        }
        assertThat(loader.fetches()).isOne();

        loader.mend(14);
        now = now.plusSeconds(5);

        lease(14).close();
        assertThat(loader.fetches()).isEqualTo(2);
    }

    @Test
    void givesUpFilesThatNobodyComesBackFor() throws Exception {
        registry.announce(version(2));
        registry.announce(version(3));
        fetched(2);
        now = now.plusSeconds(600);
        fetched(3);
        assertThat(loader.open()).isOne();
        source.close();
        assertThat(loader.open()).isZero();
    }

    @Test
    void endsWhileTheStoreDoesNotAnswer() {
        registry.announce(version(2));
        CountDownLatch _ = loader.stall(2);
        assertThat(source.find("p", 2)).isInstanceOf(Answer.Coming.class);
        source.close();
        assertThat(registry.refusal("p", 2)).isEmpty();
    }

    /** Asks for a version and does not come back when it is there. */
    private void fetched(int version) throws InterruptedException {
        long seen = registry.changes();
        assertThat(source.find("p", version)).isInstanceOf(Answer.Coming.class);
        registry.awaitChange(seen, PATIENCE);
    }

    private PolicyLease lease(int version) throws InterruptedException {
        return ((Answer.Found) settled(version)).lease();
    }

    private Answer settled(int version) throws InterruptedException {
        while (true) {
            long seen = registry.changes();
            Answer answer = source.find("p", version);
            if (!(answer instanceof Answer.Coming)) {
                return answer;
            }
            registry.awaitChange(seen, PATIENCE);
        }
    }
}
