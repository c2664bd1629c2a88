package dev.troupe.reward.intake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.reward.intake.RecordCheck.Fault;
import dev.troupe.runtime.kafka.DeadLetterReason;
import dev.troupe.schemas.MalformedRecordException;
import dev.troupe.schemas.RecordCodec;
import dev.troupe.schemas.Topic;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.TrainingStep;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RecordCheckTest {

    private static final byte[] KEY = "team".getBytes(UTF_8);

    private final RecordCodec codec =
            new RecordCodec(Map.of("schema.registry.url", "mock://intake", "auto.register.schemas", true));
    private final RecordCheck check = new RecordCheck(codec);
    private final byte[] step = codec.encode(
            TopicCatalog.TRAINING_STEPS,
            TrainingStep.newBuilder()
                    .setTeamId("team")
                    .setStep(1)
                    .setVersions(Map.of())
                    .setMetrics(Map.of())
                    .setTaskIds(List.of())
                    .setSkipped(List.of())
                    .setFinishedAt(1)
                    .build());

    @AfterEach
    void close() {
        codec.close();
    }

    @Test
    void aRecordUnderItsKeyHasNoFault() {
        assertThat(check.check(TopicCatalog.TRAINING_STEPS, KEY, step)).isEmpty();
    }

    @Test
    void anotherKeyOrNoneIsNamedWithTheRightOne() {
        Fault other = check.check(TopicCatalog.TRAINING_STEPS, "crew".getBytes(UTF_8), step)
                .orElseThrow();
        assertThat(other.reason()).isEqualTo(DeadLetterReason.WRONG_KEY);
        assertThat(other.message()).contains("'crew'").contains("teamId 'team'");
        assertThat(check.check(TopicCatalog.TRAINING_STEPS, null, step)
                        .orElseThrow()
                        .message())
                .contains("missing");
    }

    @Test
    void bytesOfAnotherTopicAreMalformed() {
        Fault fault = check.check(TopicCatalog.EVALUATIONS, KEY, step).orElseThrow();

        assertThat(fault.reason()).isEqualTo(DeadLetterReason.MALFORMED);
        assertThat(fault.message()).contains("TrainingStep").contains("evaluations");
        assertThat(fault.cause()).containsInstanceOf(MalformedRecordException.class);
    }

    @Test
    void onlyACompactedTopicHasTombstones() {
        assertThat(check.check(TopicCatalog.MODEL_VERSIONS, KEY, null)).isEmpty();
        assertThat(check.check(TopicCatalog.EPISODES, KEY, null).orElseThrow().reason())
                .isEqualTo(DeadLetterReason.MALFORMED);
    }

    @Test
    void whatIsTooLargeIsNotLookedInto() {
        Fault fault = check.check(TopicCatalog.EPISODES, KEY, new byte[Topic.MAX_MESSAGE_BYTES + 1])
                .orElseThrow();

        assertThat(fault.reason()).isEqualTo(DeadLetterReason.TOO_LARGE);
    }
}
