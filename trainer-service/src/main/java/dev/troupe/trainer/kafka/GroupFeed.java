package dev.troupe.trainer.kafka;

import static java.util.Objects.requireNonNull;

import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.schemas.TopicCatalog;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The groups of one team, in log order. All partitions are assigned by hand: the team's records share one key and so
 * one partition, and who may commit is decided by the transactional id, not by group membership.
 *
 * <p>Owned by one thread.
 */
public final class GroupFeed implements AutoCloseable {
    /** Groups can be megabytes; few at a time keep the heap small. */
    private static final int MAX_POLL_RECORDS = 16;

    private static final String STEP = "step=";

    private final Consumer<byte[], byte[]> consumer;
    private final GroupDecoder decoder;
    private final String teamId;
    private final ArrayDeque<ConsumerRecord<byte[], byte[]>> fetched = new ArrayDeque<>();
    private final Map<TopicPartition, Long> taken = new HashMap<>();
    /** Behind the last record of the team's own. */
    private final TreeMap<Integer, Long> consumed = new TreeMap<>();

    public GroupFeed(KafkaClients clients, String teamId) {
        this.teamId = teamId;
        String groupId = groupId(teamId);
        this.decoder = new GroupDecoder(clients.codec(), teamId);
        this.consumer =
                clients.consumer(groupId, groupId, Map.of("max.poll.records", Integer.toString(MAX_POLL_RECORDS)));
    }

    /** The consumer group under which a team's trainer commits its position. */
    public static String groupId(String teamId) {
        return "troupe-trainer-" + teamId;
    }

    /**
     * Goes to the committed position; call it after the producer's transactions are initialised.
     *
     * @param step of the checkpoint that training goes on from
     * @param trained the offsets at which that checkpoint ends, by partition
     * @param acceptReset whether committed offsets that contradict the checkpoint are followed
     * @return the step that committed the position, 0 when none has
     * @throws dev.troupe.trainer.checkpoint.ResumeException when they contradict it and are not to be followed
     */
    public long open(long step, Map<Integer, Long> trained, boolean acceptReset) {
        List<TopicPartition> partitions = consumer.partitionsFor(TopicCatalog.EPISODE_GROUPS.name()).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(new LinkedHashSet<>(partitions));
        long committedStep = committed.values().stream()
                .filter(Objects::nonNull)
                .mapToLong(offset -> step(offset.metadata()).orElse(0))
                .max()
                .orElse(0);
        if (committedStep > step) {
            // The checkpoint is not the newest; where the next one ends is not known yet.
            return committedStep;
        }
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        for (TopicPartition partition : partitions) {
            Long behind = trained.get(partition.partition());
            OptionalLong start = startOffset(partition, committed.get(partition))
                    .of(
                            behind == null ? OptionalLong.empty() : OptionalLong.of(behind),
                            step,
                            requireNonNull(ends.get(partition)),
                            acceptReset);
            if (start.isPresent()) {
                consumer.seek(partition, start.getAsLong());
            } else {
                consumer.seekToBeginning(List.of(partition));
            }
        }
        return committedStep;
    }

    private StartOffset startOffset(TopicPartition partition, @Nullable OffsetAndMetadata committed) {
        return new StartOffset(
                partition.topic() + ":" + partition.partition(),
                groupId(teamId),
                Optional.ofNullable(committed)
                        .map(offset -> new StartOffset.Committed(offset.offset(), step(offset.metadata()))));
    }

    /** Offsets that were set by hand carry no step. */
    private static OptionalLong step(String metadata) {
        return metadata.matches(STEP + "\\d{1,18}")
                ? OptionalLong.of(Long.parseLong(metadata.substring(STEP.length())))
                : OptionalLong.empty();
    }

    /**
     * The next group of the team, if one comes in time. Records of other teams are passed over, and count in
     * {@link #offsets} like those that are returned.
     *
     * @throws dev.troupe.schemas.RegistryUnavailableException when the schema registry does not answer; the group comes
     *     again with the next call
     */
    public Optional<ReceivedGroup> next(Duration timeout) {
        Optional<ReceivedGroup> group = takeFetched();
        if (group.isPresent()) {
            return group;
        }
        consumer.poll(timeout).forEach(fetched::add);
        return takeFetched();
    }

    private Optional<ReceivedGroup> takeFetched() {
        while (!fetched.isEmpty()) {
            ConsumerRecord<byte[], byte[]> next = fetched.getFirst();
            Optional<ReceivedGroup> group = decoder.isOwn(next) ? Optional.of(decoder.decode(next)) : Optional.empty();
            fetched.removeFirst();
            taken.put(new TopicPartition(next.topic(), next.partition()), next.offset() + 1);
            if (group.isPresent()) {
                consumed.put(next.partition(), next.offset() + 1);
                return group;
            }
        }
        return Optional.empty();
    }

    /**
     * The position behind everything taken so far, to be committed with the step. It names the step, because committed
     * offsets are visible at once, while the versions of the same transaction can be hidden for a while behind somebody
     * else's open one.
     */
    Map<TopicPartition, OffsetAndMetadata> offsets(long step) {
        var offsets = new HashMap<TopicPartition, OffsetAndMetadata>();
        taken.forEach((partition, next) -> offsets.put(partition, new OffsetAndMetadata(next, STEP + step)));
        return offsets;
    }

    /**
     * The offset behind the last group that was taken, by partition. Unlike {@link #offsets} it does not depend on how
     * many records of other teams happened to be read on the way.
     */
    public Map<Integer, Long> consumed() {
        return Map.copyOf(consumed);
    }

    /** Without a generation, as the assignment is by hand: the transactional id is what fences. */
    ConsumerGroupMetadata metadata() {
        return consumer.groupMetadata();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
