package dev.troupe.reward.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.junit.jupiter.api.Test;

class EarlyCommitTest {

    private final MockProcessorContext<byte[], byte[]> context = new MockProcessorContext<>();
    private final AtomicLong records = new AtomicLong();
    private final EarlyCommit commit = new EarlyCommit(context, records);

    @Test
    void commitsWhatWasSentOnceNothingMoreComes() {
        commit.came();
        commit.sent();
        commit.tick();
        assertThat(context.committed()).as("records were still coming").isFalse();

        commit.tick();
        assertThat(context.committed()).isTrue();
    }

    @Test
    void commitsOnce() {
        commit.sent();
        commit.tick();
        context.resetCommit();

        commit.tick();
        assertThat(context.committed()).isFalse();
    }

    @Test
    void leavesWhatNobodyWaitsForToTheInterval() {
        commit.came();
        commit.tick();
        commit.tick();
        assertThat(context.committed()).isFalse();
    }

    @Test
    void isNoLullWhileAnotherPartitionIsBusy() {
        var busy = new EarlyCommit(new MockProcessorContext<byte[], byte[]>(), records);
        commit.sent();
        busy.came();
        commit.tick();
        assertThat(context.committed()).isFalse();

        commit.tick();
        assertThat(context.committed()).isTrue();
    }
}
