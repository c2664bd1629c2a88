package dev.troupe.agent.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.troupe.agent.decode.DeadlinePassedException;
import dev.troupe.agent.decode.DecodeRequest;
import dev.troupe.agent.openai.FakeVllm.Behaviour;
import dev.troupe.agent.policy.CompletionRefusedException;
import dev.troupe.agent.policy.Sampled;
import dev.troupe.runtime.kafka.RetryLaterException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of turns when servers fail; two fake servers, both with the base. */
class ServerFailureIT {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @TempDir
    private Path home;

    private Fleet fleet;

    @BeforeEach
    void start() throws Exception {
        fleet = new Fleet(home, 2);
        fleet.activate(fleet.loader(fleet.options()), fleet.base(0));
    }

    @AfterEach
    void stop() {
        fleet.close();
    }

    static Behaviour[] failures() {
        return new Behaviour[] {
            new Behaviour.Status(500),
            new Behaviour.Status(503),
            new Behaviour.Drop(),
            new Behaviour.Hang(),
            new Behaviour.StallAfter(2),
            new Behaviour.BreakAfter(2)
        };
    }

    @ParameterizedTest
    @MethodSource("failures")
    void completesElsewhereWhatOneServerFails(Behaviour failure) throws Exception {
        int before = completions(1);
        fleet.fake(0).always(FakeVllm.COMPLETIONS, failure);
        for (int seed = 0; seed < 3; seed++) {
            Sampled sampled = fleet.complete(fleet.request(seed)).get(10, TimeUnit.SECONDS);
            assertThat(sampled.completion().tokens().size()).isPositive();
            sampled.lease().close();
        }
        assertThat(completions(1) - before).isEqualTo(3);
        assertThat(fleet.count(OpenAiMetrics.RETRIES)).isPositive();
    }

    @Test
    void leavesOutAServerThatKeepsFailingAndTakesItBack() throws Exception {
        fleet.fake(0).always(FakeVllm.COMPLETIONS, new Behaviour.Status(500));
        for (int seed = 0; seed < 4; seed++) {
            fleet.complete(fleet.request(seed))
                    .get(10, TimeUnit.SECONDS)
                    .lease()
                    .close();
        }
        assertThat(leftOut(0)).isEqualTo(1);
        int failed = completions(0);
        fleet.complete(fleet.request(4)).get(10, TimeUnit.SECONDS).lease().close();
        assertThat(completions(0)).isEqualTo(failed);

        fleet.fake(0).behave();
        fleet.fake(1).always(FakeVllm.COMPLETIONS, new Behaviour.Status(500));

        await().atMost(PATIENCE).untilAsserted(() -> {
            fleet.complete(fleet.request(5)).get(10, TimeUnit.SECONDS).lease().close();
            assertThat(leftOut(0)).isZero();
        });
    }

    private double leftOut(int index) {
        return fleet.meters
                .get(OpenAiMetrics.LEFT_OUT)
                .tag("replica", "127.0.0.1:" + fleet.fake(index).url().getPort())
                .gauge()
                .value();
    }

    @Test
    void waitsAsLongAsAServerAsks() throws Exception {
        var busy = new Behaviour.Status(429, Map.of("Retry-After", "1"), "busy");
        fleet.fakes.forEach(fake -> fake.next(FakeVllm.COMPLETIONS, busy));
        long begun = System.nanoTime();
        fleet.complete(fleet.request(1)).get(10, TimeUnit.SECONDS).lease().close();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(950));
        assertThat(fleet.count(OpenAiMetrics.RETRIES, "reason", "BUSY")).isEqualTo(2);
    }

    @Test
    void asksAnotherWhileOneServerIsBusy() throws Exception {
        fleet.fakes
                .getFirst()
                .always(FakeVllm.COMPLETIONS, new Behaviour.Status(429, Map.of("Retry-After", "60"), "busy"));
        for (int seed = 0; seed < 4; seed++) {
            fleet.complete(fleet.request(seed))
                    .get(10, TimeUnit.SECONDS)
                    .lease()
                    .close();
        }
        assertThat(fleet.count(OpenAiMetrics.RETRIES, "reason", "BUSY")).isEqualTo(1);
    }

    @Test
    void sendsTheTurnBackWhenNoServerCompletesIt() {
        fleet.fakes.forEach(FakeVllm::goDown);
        assertThatThrownBy(() -> fleet.complete(fleet.request(1)).get(20, TimeUnit.SECONDS))
                .hasCauseInstanceOf(RetryLaterException.class)
                .hasMessageContaining("no server completed a turn in 4 tries");
        assertThat(fleet.registry.leaving(Fleet.POLICY)).isZero();
    }

    @Test
    void doesNotTryAgainWhatIsRejected() {
        int before = completions(0) + completions(1);
        fleet.fakes.forEach(fake ->
                fake.always(FakeVllm.COMPLETIONS, new Behaviour.Status(400, Map.of(), "max_tokens is too large")));
        assertThatThrownBy(() -> fleet.complete(fleet.request(1)).get(10, TimeUnit.SECONDS))
                .hasCauseInstanceOf(CompletionRefusedException.class)
                .hasMessageContaining("REJECTED")
                .hasMessageContaining("max_tokens is too large");
        assertThat(completions(0) + completions(1)).isEqualTo(before + 1);
    }

    @Test
    void abortsTheRequestWhenTheDeadlinePasses() {
        fleet.fakes.forEach(fake -> fake.always(FakeVllm.COMPLETIONS, new Behaviour.StallAfter(1)));
        DecodeRequest request = fleet.request(1, 12, 1, Instant.now().plusMillis(150));
        long begun = System.nanoTime();
        assertThatThrownBy(() -> fleet.complete(request).get(10, TimeUnit.SECONDS))
                .hasCauseInstanceOf(DeadlinePassedException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(2));
        awaitAborted();
        assertThat(fleet.count(OpenAiMetrics.RETRIES)).isZero();
    }

    @Test
    void abortsTheRequestWhenNobodyWaitsForItAnyMore() {
        fleet.fakes.forEach(fake -> fake.always(FakeVllm.COMPLETIONS, new Behaviour.StallAfter(1)));
        int before = completions(0) + completions(1);
        CompletableFuture<Sampled> completion = fleet.complete(fleet.request(1));
        await().atMost(PATIENCE).until(() -> completions(0) + completions(1) > before);
        assertThat(completion.cancel(true)).isTrue();
        awaitAborted();
        await().atMost(PATIENCE).until(() -> running() == 0);
        assertThatThrownBy(completion::get).isInstanceOf(CancellationException.class);
    }

    private void awaitAborted() {
        await().atMost(PATIENCE)
                .until(() -> fleet.fakes.stream()
                                .mapToInt(fake -> fake.abandoned.get())
                                .sum()
                        == 1);
    }

    @Test
    void asksNoMoreAtOnceThanAReplicaIsToBeAsked() {
        fleet.fakes.forEach(fake -> fake.always(FakeVllm.COMPLETIONS, new Behaviour.Hang()));
        int before = completions(0) + completions(1);
        for (int seed = 0; seed < 40; seed++) {
            var _ = fleet.complete(fleet.request(1, 4, seed, Instant.now().plusMillis(400)));
        }
        await().atMost(PATIENCE).until(() -> running() == 16);
        assertThat(completions(0) + completions(1) - before).isLessThanOrEqualTo(16);
        await().atMost(PATIENCE).until(() -> running() == 0);
    }

    private double running() {
        return fleet.meters.get(OpenAiMetrics.RUNNING).gauges().stream()
                .mapToDouble(gauge -> gauge.value())
                .sum();
    }

    private int completions(int index) {
        return fleet.fake(index).calls(FakeVllm.COMPLETIONS).size();
    }
}
