package dev.troupe.trainer.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.runtime.kafka.Origin;
import dev.troupe.runtime.kafka.TopicRecord;
import dev.troupe.schemas.avro.TrainingStep;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TargetReportTest {
    private final FakeSink sink = new FakeSink();
    private final AtomicInteger failures = new AtomicInteger();

    /** Keeps steps in memory, and fails when told to. */
    private static final class FakeSink implements StepSink {
        private final List<Long> written = new ArrayList<>();
        private Optional<Last> last = Optional.empty();
        private int failing;
        private boolean failsToOpen;
        private boolean open;

        @Override
        public String place() {
            return "memory";
        }

        @Override
        public Optional<Last> open() throws IOException {
            assertThat(open).isFalse();
            open = true;
            if (failsToOpen && failing-- > 0) {
                throw new IOException("no such place");
            }
            return last;
        }

        @Override
        public void write(TrainingStep step) throws IOException {
            assertThat(open).isTrue();
            if (failing-- > 0) {
                throw new IOException("no space left");
            }
            written.add(step.getStep());
            last = Optional.of(new Last(step.getStep(), step.getFinishedAt()));
        }

        @Override
        public void close() {
            open = false;
        }
    }

    @Test
    void showsEachStepOnceWhateverIsReadAgain() throws InterruptedException {
        try (var report = report()) {
            show(report, Steps.step(1), Steps.step(2));
        }
        try (var report = report()) {
            show(report, Steps.step(1), Steps.step(2), Steps.step(3));
            assertThat(report.await("crew", 3, Duration.ZERO)).isTrue();
            assertThat(report.await("crew", 4, Duration.ZERO)).isFalse();
        }
        assertThat(sink.written).containsExactly(1L, 2L, 3L);
        assertThat(sink.open).isFalse();
    }

    @Test
    void opensAgainUntilTheStepIsTaken() throws InterruptedException {
        sink.failing = 1;
        try (var report = report()) {
            show(report, Steps.step(1), Steps.step(2));
        }
        assertThat(sink.written).containsExactly(1L, 2L);
        assertThat(failures).hasValue(1);
    }

    @Test
    void waitsForAPlaceThatCannotBeOpened() throws InterruptedException {
        sink.failing = 1;
        sink.failsToOpen = true;
        try (var report = report()) {
            show(report, Steps.step(1));
        }
        assertThat(sink.written).containsExactly(1L);
        assertThat(failures).hasValue(1);
    }

    @Test
    void leavesTheReportOfAnotherTrainingAsItIs() throws InterruptedException {
        sink.last = Optional.of(new StepSink.Last(5, Steps.step(5).getFinishedAt()));
        long dayAfter = Steps.step(5).getFinishedAt() + 86_400_000;
        try (var report = report()) {
            show(report, Steps.step("crew", 1, dayAfter), Steps.step("crew", 6, dayAfter + 5_000));
            assertThat(report.await("crew", 6, Duration.ZERO)).isTrue();
        }
        assertThat(sink.written).isEmpty();
    }

    @Test
    void passesOverTeamsThatAreNotItsOwn() throws InterruptedException {
        try (var report = report()) {
            show(report, Steps.step("strangers", 1, 1));
        }
        assertThat(sink.written).isEmpty();
    }

    private TargetReport report() {
        return new TargetReport(ReportTarget.JSONL, Map.of("crew", sink), failures::incrementAndGet);
    }

    private static void show(TargetReport report, TrainingStep... steps) throws InterruptedException {
        for (TrainingStep step : steps) {
            report.onRecord(
                    new TopicRecord<>(step.getTeamId(), step, new Origin("training-steps", 0, step.getStep()), 0));
        }
    }
}
