package dev.troupe.agent.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.agent.openai.ServerException.Fault;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReplicaPoolTest {
    private static final Duration NO_WAIT = Duration.ofMillis(1);

    private Instant now = Instant.EPOCH;
    private final ReplicaPool pool = new ReplicaPool(
            List.of(URI.create("http://a:1/v1"), URI.create("http://b:2/v1")), 2, Duration.ofSeconds(10), () -> now);
    private final Replica first = pool.all().getFirst();
    private final Replica second = pool.all().getLast();

    @Test
    void asksTheOneWithTheFewestRequestsUpToTheLimit() throws Exception {
        assertThat(List.of(take(), take(), take(), take())).containsExactly(first, second, first, second);
        assertThatThrownBy(this::take)
                .hasMessageContaining("no replica took the request")
                .hasMessageContaining("a:1 is busy with 2 requests");
        pool.succeeded(second);
        assertThat(take()).isEqualTo(second);
    }

    @Test
    void prefersAnotherThanTheOneThatFailedARequest() throws Exception {
        assertThat(pool.take(NO_WAIT, first)).isEqualTo(second);
        assertThat(pool.take(NO_WAIT, second)).isEqualTo(first);
        pool.note(second, busy(Duration.ofSeconds(5)));
        // There is no other.
        assertThat(pool.take(NO_WAIT, first)).isEqualTo(first);
    }

    @Test
    void leavesOutWhatFailsTwiceAndTriesItWithOneRequest() throws Exception {
        fail(first);
        assertThat(pool.leftOut(first)).isFalse();
        fail(first);
        assertThat(pool.leftOut(first)).isTrue();
        assertThat(List.of(take(), take())).containsExactly(second, second);

        now = now.plusSeconds(10);
        assertThat(take()).isEqualTo(first);
        assertThatThrownBy(this::take).hasMessageContaining("a:1 is left out");
        pool.failed(first, new ServerException(Fault.TIMED_OUT, "again"));
        now = now.plusSeconds(10);
        assertThatThrownBy(this::take).hasMessageContaining("after 3 failures, the last TIMED_OUT: again");

        now = now.plusSeconds(10);
        assertThat(take()).isEqualTo(first);
        pool.succeeded(first);
        assertThat(pool.leftOut(first)).isFalse();
        assertThat(List.of(take(), take())).containsExactly(first, first);
    }

    @Test
    void countsNeitherRejectionsNorAbandonedRequestsAsFailures() throws Exception {
        for (int i = 0; i < 5; i++) {
            pool.failed(pool.take(NO_WAIT, second), new ServerException(Fault.REJECTED, "bad request"));
            pool.abandoned(pool.take(NO_WAIT, second));
        }
        assertThat(pool.leftOut(first)).isFalse();
        assertThat(pool.running(first)).isZero();
    }

    @Test
    void leavesAServerAloneForAsLongAsItAsks() throws Exception {
        pool.note(first, busy(Duration.ofSeconds(5)));
        assertThat(List.of(take(), take())).containsExactly(second, second);
        assertThatThrownBy(this::take).hasMessageContaining("a:1 asked to be left alone until 1970-01-01T00:00:05Z");
        now = now.plusSeconds(5);
        assertThat(take()).isEqualTo(first);
    }

    private Replica take() throws Exception {
        return pool.take(NO_WAIT, null);
    }

    private void fail(Replica replica) throws Exception {
        Replica other = replica.equals(first) ? second : first;
        assertThat(pool.take(NO_WAIT, other)).isEqualTo(replica);
        pool.failed(replica, new ServerException(Fault.UNAVAILABLE, "down"));
    }

    private static ServerException busy(Duration wait) {
        return new ServerException(Fault.BUSY, "busy", Optional.of(wait));
    }
}
