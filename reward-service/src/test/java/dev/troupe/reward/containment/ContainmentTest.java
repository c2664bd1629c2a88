package dev.troupe.reward.containment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ContainmentTest {

    private final Containment containment = new Containment(Duration.ofMillis(20), Duration.ofMillis(5), "the.setting");
    private final CountDownLatch released = new CountDownLatch(1);

    @AfterEach
    void release() {
        released.countDown();
        containment.close();
    }

    @Test
    void handsOnWhatIsAnsweredAndThrown() throws Exception {
        var patient = new Containment(Duration.ofSeconds(20), "the.setting");

        assertThat(patient.call("e", () -> Thread.currentThread().isDaemon())).isTrue();
        assertThatThrownBy(() -> patient.call("e", () -> {
                    throw new java.io.IOException("no");
                }))
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseMessage("no");
        patient.close();
    }

    @Test
    void interruptsACallThatIsOverdue() {
        assertThatThrownBy(() -> containment.call("slow", () -> {
                    new CountDownLatch(1).await();
                    return 1;
                }))
                .isInstanceOf(OverdueException.class)
                .hasMessage("environment 'slow' did not answer within the 20 ms of the.setting");
        assertThat(containment.leftBehind()).isZero();
    }

    @Test
    void leavesBehindWhatDoesNotHeedItAndGivesUpWhenThatIsTooMuch() throws Exception {
        for (int i = 1; i <= Containment.MAX_LEFT_BEHIND; i++) {
            assertThat(containment.live()).isTrue();
            assertThatThrownBy(() -> containment.call("deaf", deaf()))
                    .isInstanceOf(OverdueException.class)
                    .hasMessageContaining("nor did it heed its interrupt");
            assertThat(containment.leftBehind()).isEqualTo(i);
        }
        assertThat(containment.live()).isFalse();
    }

    @Test
    void countsNoLongerWhatHasEndedAtLast() throws Exception {
        assertThatThrownBy(() -> containment.call("deaf", deaf())).isInstanceOf(OverdueException.class);
        released.countDown();

        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (containment.leftBehind() > 0 && System.nanoTime() < until) {
            Thread.onSpinWait();
        }
        assertThat(containment.leftBehind()).isZero();
    }

    @Test
    void anInterruptOfTheCallerReachesTheCall() throws Exception {
        var patient = new Containment(Duration.ofSeconds(20), "the.setting");
        var begun = new CountDownLatch(1);
        var interrupted = new CountDownLatch(1);
        Thread caller = Thread.ofVirtual()
                .start(() -> assertThatThrownBy(() -> patient.call("e", () -> {
                            begun.countDown();
                            try {
                                released.await();
                            } catch (InterruptedException e) {
                                interrupted.countDown();
                                throw e;
                            }
                            return 1;
                        }))
                        .isInstanceOf(InterruptedException.class));
        begun.await();
        caller.interrupt();

        assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(caller.join(Duration.ofSeconds(20))).isTrue();
        patient.close();
    }

    private Callable<Integer> deaf() {
        return () -> {
            while (released.getCount() > 0) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
                boolean _ = Thread.interrupted();
            }
            return 1;
        };
    }
}
