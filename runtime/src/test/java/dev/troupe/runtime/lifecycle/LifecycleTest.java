package dev.troupe.runtime.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LifecycleTest {

    private final List<String> events = new ArrayList<>();

    private class Recorded implements Service {
        private final String name;
        private final String failing;

        Recorded(String name, String failing) {
            this.name = name;
            this.failing = failing;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public void start() {
            happen("start");
        }

        @Override
        public void close() {
            happen("close");
        }

        @Override
        public boolean live() {
            return !failing.equals("live");
        }

        @Override
        public boolean ready() {
            return !failing.equals("ready");
        }

        private void happen(String event) {
            events.add(event + " " + name);
            if (failing.equals(event)) {
                throw new IllegalStateException(name + " cannot " + event);
            }
        }
    }

    private Service service(String name, String failing) {
        return new Recorded(name, failing);
    }

    @Test
    void startsInOrderAndClosesInReverse() {
        try (var lifecycle = new Lifecycle(List.of(service("a", ""), service("b", ""), service("c", "")))) {
            lifecycle.start();
        }

        assertThat(events).containsExactly("start a", "start b", "start c", "close c", "close b", "close a");
    }

    @Test
    void aFailedStartClosesWhatWasStarted() {
        var lifecycle = new Lifecycle(List.of(service("a", ""), service("b", "start"), service("c", "")));

        assertThatThrownBy(lifecycle::start).hasMessage("b cannot start");

        assertThat(events).containsExactly("start a", "start b", "close b", "close a");
    }

    @Test
    void oneFailedCloseDoesNotStopTheRest() {
        var lifecycle = new Lifecycle(List.of(service("a", ""), service("b", "close"), service("c", "close")));
        lifecycle.start();

        assertThatThrownBy(lifecycle::close)
                .satisfies(e -> assertThat(e.getSuppressed())
                        .extracting(Throwable::getMessage)
                        .containsExactly("c cannot close", "b cannot close"));

        assertThat(events).endsWith("close c", "close b", "close a");
    }

    @Test
    void closesOnce() {
        var lifecycle = new Lifecycle(List.of(service("a", "")));
        lifecycle.start();
        lifecycle.close();
        lifecycle.close();

        assertThat(events).containsExactly("start a", "close a");
        assertThatThrownBy(lifecycle::start).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void isReadyAndLiveWhenAllAre() {
        assertThat(new Lifecycle(List.of(service("a", ""), service("b", ""))))
                .matches(Lifecycle::live)
                .matches(Lifecycle::ready);
        assertThat(new Lifecycle(List.of(service("a", ""), service("b", "live"))).live())
                .isFalse();
        assertThat(new Lifecycle(List.of(service("a", ""), service("b", "ready"))).ready())
                .isFalse();
    }

    @Test
    void closeDoesNotWaitForAStartThatWaits() throws Exception {
        var waiting = new CountDownLatch(1);
        var never = new CountDownLatch(1);
        Service patient = new Recorded("patient", "") {
            @Override
            public void start() {
                waiting.countDown();
                try {
                    never.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException("interrupted while waiting for the cluster", e);
                }
            }
        };
        var lifecycle = new Lifecycle(List.of(service("first", ""), patient, service("last", "")));
        var failure = new CompletableFuture<Throwable>();
        Thread starter = Thread.ofPlatform().start(() -> {
            try {
                lifecycle.start();
            } catch (IllegalStateException e) {
                failure.complete(e);
            }
        });
        assertThat(waiting.await(5, TimeUnit.SECONDS)).isTrue();

        lifecycle.close();

        assertThat(starter.join(Duration.ofSeconds(5))).isTrue();
        assertThat(failure.join()).hasMessageContaining("interrupted");
        assertThat(events).containsExactly("start first", "close patient", "close first");
    }
}
