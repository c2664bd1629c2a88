package dev.troupe.agent.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.agent.FakePolicy;
import dev.troupe.agent.TestTurns;
import dev.troupe.agent.TestVersions;
import dev.troupe.agent.policy.GatedLoader;
import dev.troupe.agent.policy.PolicyLoadException;
import dev.troupe.agent.policy.PolicyMetrics;
import dev.troupe.agent.policy.PolicyRegistry;
import dev.troupe.agent.policy.PolicySource;
import dev.troupe.runtime.kafka.RetryLaterException;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.Turn;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class TurnHandlerTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final int SERVING = 7;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final PolicyRegistry registry = new PolicyRegistry(1);
    private final GatedLoader loader = new GatedLoader();
    private final PolicySource source =
            new PolicySource(registry, loader, new PolicyMetrics(meters), InstantSource.system());
    private final FakeOutbox outbox = new FakeOutbox();

    @BeforeEach
    void serve() {
        registry.activate(TestVersions.version(SERVING), new FakePolicy("x"));
        List.of(2, 3).forEach(number -> registry.announce(TestVersions.version(number)));
    }

    @AfterEach
    void close() {
        source.close();
        registry.close();
    }

    @Test
    void playsTheOthersWhileAVersionIsOnItsWay() throws Exception {
        CountDownLatch gate = loader.stall(2);
        CompletableFuture<Void> handled = handle(handler(LONG), exact("stuck", 2), exact("there", 3), newest("known"));

        assertThat(List.of(outbox.next(), outbox.next()))
                .extracting(Action::getTaskId)
                .containsExactlyInAnyOrder("known", "there");
        assertThat(handled).isNotDone();
        gate.countDown();
        assertThat(version(outbox.next())).isEqualTo(2);
        handled.get(5, TimeUnit.SECONDS);
    }

    @Test
    void aWorkerDoesNotWaitForTheVersionOfAnother() throws Exception {
        CountDownLatch gate = loader.stall(2);
        CompletableFuture<Void> stuck = handle(handler(LONG), exact("stuck", 2));

        handler(LONG).handle(List.of(exact("there", 3), exact("too", 3)));

        assertThat(List.of(version(outbox.next()), version(outbox.next()))).containsExactly(3, 3);
        assertThat(stuck).isNotDone();
        gate.countDown();
        stuck.get(5, TimeUnit.SECONDS);
    }

    @Test
    void turnsWhoseVersionDoesNotComeInTimeGoBackAlone() throws Exception {
        CountDownLatch gate = loader.stall(2);
        TurnHandler handler = handler(Duration.ZERO);
        assertThatThrownBy(() -> handler.handle(List.of(exact("stuck", 2), newest("known"))))
                .isInstanceOf(RetryLaterException.class)
                .hasMessage("version 2 of policy 'p' is being loaded");
        assertThat(outbox.next().getTaskId()).isEqualTo("known");

        // As the queue does: one by one, and what is published is not played again.
        handler.handle(List.of(newest("known")));
        assertThat(outbox.isEmpty()).isTrue();
        gate.countDown();
        handler(LONG).handle(List.of(exact("stuck", 2)));
        assertThat(version(outbox.next())).isEqualTo(2);
    }

    @Test
    void turnsWhoseStoreIsAwayGoBackAlone() throws Exception {
        loader.fail(2, new PolicyLoadException(PolicyLoadException.Reason.STORE, "away"));
        assertThatThrownBy(() -> handler(LONG).handle(List.of(exact("stuck", 2), newest("known"))))
                .isInstanceOfSatisfying(
                        RetryLaterException.class,
                        later -> assertThat(later.delay()).isEqualTo(Duration.ofSeconds(5)))
                .hasMessage("STORE: away");
        assertThat(outbox.next().getTaskId()).isEqualTo("known");
    }

    @Test
    void answersTurnsWhoseVersionCannotBePlayed() throws Exception {
        loader.fail(2, new PolicyLoadException(PolicyLoadException.Reason.CHECKPOINT, "broken"));
        handler(LONG).handle(List.of(exact("bad", 2)));
        assertThat(outbox.next().getRefusal()).isEqualTo("REFUSED_VERSION: CHECKPOINT: broken");

        handler(Duration.ZERO).handle(List.of(exact("unknown", 99)));
        assertThat(outbox.next().getRefusal()).startsWith("UNKNOWN_VERSION: policy 'p' has no version 99");
    }

    @Test
    void turnsOfPoliciesThatNobodyServesGoBackAndOthersArePlayed() throws Exception {
        assertThatThrownBy(
                        () -> handler(Duration.ZERO).handle(List.of(TestTurns.turn("q", "early", 1), newest("known"))))
                .isInstanceOf(RetryLaterException.class)
                .hasMessageContaining("no version of policy 'q' is active");
        assertThat(outbox.next().getTaskId()).isEqualTo("known");
        assertThat(outbox.isEmpty()).isTrue();
    }

    private TurnHandler handler(Duration policyWait) {
        var metrics = new TurnMetrics(meters);
        var player = new TurnPlayer("agent-1", 16, metrics, InstantSource.system());
        return new TurnHandler(source, player, outbox, metrics, InstantSource.system(), policyWait);
    }

    private static CompletableFuture<Void> handle(TurnHandler handler, Turn... turns) {
        var handled = new CompletableFuture<Void>();
        Thread.ofVirtual().start(() -> {
            try {
                handler.handle(List.of(turns));
                handled.complete(null);
            } catch (InterruptedException | RuntimeException e) {
                handled.completeExceptionally(e);
            }
        });
        return handled;
    }

    private static Turn newest(String taskId) {
        return TestTurns.turn("p", taskId, 1);
    }

    private static Turn exact(String taskId, int version) {
        return Turn.newBuilder(newest(taskId)).setPolicyVersion(version).build();
    }

    private static int version(Action action) {
        return action.getVersions().getFirst().getVersion();
    }
}
