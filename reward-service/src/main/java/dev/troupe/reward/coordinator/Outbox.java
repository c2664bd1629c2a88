package dev.troupe.reward.coordinator;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.troupe.runtime.kafka.DeadLetterReason;
import dev.troupe.runtime.kafka.DeadLetters;
import dev.troupe.schemas.Topic;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.AdmissionCounts;
import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.EpisodeGroup;
import java.util.List;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out effects: every record leaves within the transaction of what caused it. */
final class Outbox {

    private static final Logger LOGGER = LoggerFactory.getLogger(Outbox.class);
    private static final String STAGE = "reward-service/coordinator";

    /** Room that is left for key and headers in a record of the largest size. */
    private static final int MARGIN = 64 << 10;

    /** Bytes a value may have. */
    static final int MAX_VALUE_BYTES = Topic.MAX_MESSAGE_BYTES - MARGIN;

    private final ProcessorContext<byte[], byte[]> context;
    private final PatientCodec codec;
    private final CoordinatorMetrics metrics;
    private final EarlyCommit earlyCommit;

    Outbox(
            ProcessorContext<byte[], byte[]> context,
            PatientCodec codec,
            CoordinatorMetrics metrics,
            EarlyCommit earlyCommit) {
        this.context = context;
        this.codec = codec;
        this.metrics = metrics;
        this.earlyCommit = earlyCommit;
    }

    /** @param refused takes what is wrong with the event that caused the effects */
    void carryOut(List<Effect> effects, Consumer<String> refused) {
        for (Effect effect : effects) {
            switch (effect) {
                case Effect.DealTurn(var turn) -> {
                    send(TopicCatalog.TURNS, turn.getTaskId(), codec.encode(TopicCatalog.TURNS, turn));
                    metrics.turn(turn.getAttempt());
                }
                case Effect.EmitStep(var step) ->
                    send(TopicCatalog.STEPS, step.getTask().getTaskId(), codec.encode(TopicCatalog.STEPS, step));
                case Effect.EmitEpisode(var episode) -> {
                    send(TopicCatalog.EPISODES, episode.getTaskId(), fitting(episode));
                    metrics.episode(episode);
                }
                case Effect.EmitGroup(var group) -> {
                    send(TopicCatalog.EPISODE_GROUPS, group.getTeamId(), fitting(group));
                    metrics.group();
                }
                case Effect.Ignore(var what) -> metrics.ignored(what);
                case Effect.Refuse(var why) -> refused.accept(why);
            }
        }
    }

    /** Tells another partition about permits. */
    void tell(AdmissionCounts counts) {
        send(TopicCatalog.ADMISSIONS, Integer.toString(counts.getTo()), codec.encode(TopicCatalog.ADMISSIONS, counts));
    }

    /** Sets a record aside: its own key, value, headers and timestamp, and the reason in headers of ours. */
    void deadLetter(Incoming incoming, DeadLetterReason reason, String message, @Nullable Throwable cause) {
        Record<byte[], byte[]> original = incoming.record();
        Headers headers = DeadLetters.headers(original.headers(), incoming.origin(), reason, STAGE, message, cause);
        context.forward(
                DeadLetters.fitting(
                        original.key(),
                        original.value(),
                        headers,
                        (key, value, kept) -> new Record<>(key, value, original.timestamp(), kept)),
                sink(TopicCatalog.DEAD_LETTERS));
        metrics.deadLetter(reason);
        LOGGER.atWarn()
                .addKeyValue("topic", incoming.origin().topic())
                .addKeyValue("partition", incoming.origin().partition())
                .addKeyValue("offset", incoming.origin().offset())
                .addKeyValue("reason", reason.tag())
                .addKeyValue("error", message)
                .log("dead letter");
    }

    static String sink(String topic) {
        return topic + "-sink";
    }

    private byte[] fitting(Episode episode) {
        byte[] bytes = codec.encode(TopicCatalog.EPISODES, episode);
        return bytes.length <= MAX_VALUE_BYTES
                ? bytes
                : codec.encode(TopicCatalog.EPISODES, EpisodeRecords.stripped(episode));
    }

    private byte[] fitting(EpisodeGroup group) {
        byte[] bytes = codec.encode(TopicCatalog.EPISODE_GROUPS, group);
        if (bytes.length <= MAX_VALUE_BYTES) {
            return bytes;
        }
        LOGGER.atError()
                .addKeyValue("taskId", group.getTaskId())
                .addKeyValue("bytes", bytes.length)
                .log("group too large for one record, published without turns; lower num_generations or lengths");
        return codec.encode(
                TopicCatalog.EPISODE_GROUPS,
                EpisodeGroup.newBuilder(group)
                        .setEpisodes(group.getEpisodes().stream()
                                .map(EpisodeRecords::stripped)
                                .toList())
                        .build());
    }

    private <T extends SpecificRecord> void send(Topic<T> topic, String key, byte[] value) {
        context.forward(new Record<>(key.getBytes(UTF_8), value, context.currentSystemTimeMs()), sink(topic.name()));
        earlyCommit.sent();
    }
}
