package dev.troupe.reward.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.reward.sandbox.PythonProgram.Unit;
import dev.troupe.reward.sandbox.SandboxVerdict.Failed;
import dev.troupe.reward.sandbox.SandboxVerdict.Failure;
import dev.troupe.reward.sandbox.SandboxVerdict.Finished;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class VerdictCacheTest {

    private static final SandboxVerdict VERDICT = new Finished(List.of(), List.of());

    private final AtomicInteger runs = new AtomicInteger();

    @Test
    void anIdenticalProgramRunsOnce() throws Exception {
        Sandbox sandbox = new VerdictCache(10).before(program -> count(VERDICT));

        assertThat(sandbox.run(program("a"))).isSameAs(VERDICT);
        assertThat(sandbox.run(program("a"))).isSameAs(VERDICT);
        sandbox.run(program("b"));

        assertThat(runs).hasValue(2);
    }

    @Test
    void theProgramUsedLongestAgoIsForgottenFirst() throws Exception {
        Sandbox sandbox = new VerdictCache(2).before(program -> count(VERDICT));
        for (String source : List.of("a", "b", "a", "c", "a", "b")) {
            sandbox.run(program(source));
        }

        assertThat(runs).hasValue(4);
    }

    @Test
    void aCrashIsNotRememberedButATimeoutIs() throws Exception {
        var failures = List.of(Failure.CRASHED, Failure.TIMEOUT);
        Sandbox sandbox =
                new VerdictCache(10).before(program -> count(new Failed(failures.get(Math.min(runs.get(), 1)), "")));

        for (int i = 0; i < 4; i++) {
            sandbox.run(program("a"));
        }

        assertThat(runs).hasValue(2);
    }

    @Test
    void aLostSandboxIsNotRemembered() throws Exception {
        Sandbox sandbox = new VerdictCache(10).before(program -> {
            if (runs.incrementAndGet() == 1) {
                throw new SandboxUnavailableException("lost");
            }
            return VERDICT;
        });

        assertThatThrownBy(() -> sandbox.run(program("a"))).isInstanceOf(SandboxUnavailableException.class);
        assertThat(sandbox.run(program("a"))).isSameAs(VERDICT);
    }

    @Test
    void twoWorkersWithTheSameProgramWaitForOneRun() throws Exception {
        var running = new CountDownLatch(1);
        var finish = new CountDownLatch(1);
        Sandbox sandbox = new VerdictCache(10).before(program -> {
            running.countDown();
            finish.await();
            return count(VERDICT);
        });

        try (var workers = Executors.newVirtualThreadPerTaskExecutor()) {
            var first = workers.submit(() -> sandbox.run(program("a")));
            running.await();
            var second = workers.submit(() -> sandbox.run(program("a")));
            finish.countDown();

            assertThat(first.get()).isSameAs(second.get());
        }
        assertThat(runs).hasValue(1);
    }

    @Test
    void theDigestTellsWhereOneTextEndsAndTheNextBegins() {
        var one = new PythonProgram("", List.of(new Unit("main", "ab")), List.of("c"));
        var other = new PythonProgram("", List.of(new Unit("main", "a")), List.of("bc"));

        assertThat(one.digest()).isNotEqualTo(other.digest()).hasSize(64);
    }

    private SandboxVerdict count(SandboxVerdict verdict) {
        runs.incrementAndGet();
        return verdict;
    }

    private static PythonProgram program(String source) {
        return new PythonProgram("", List.of(new Unit("main", source)), List.of());
    }
}
