package dev.troupe.cli.audit;

import dev.troupe.reward.coordinator.StateTopics;
import dev.troupe.runtime.kafka.ClusterException;
import dev.troupe.runtime.kafka.DeadLetters;
import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.Origin;
import dev.troupe.runtime.kafka.ScanRange;
import dev.troupe.runtime.kafka.TopicScan;
import dev.troupe.schemas.Topic;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.trainer.kafka.GroupFeed;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads all topics and settles the accounts.
 *
 * <p>Topics are read one after the other while the stream moves on, and a transaction reaches its partitions one after
 * the other, so a task on its way can look lost. What is wrong stays wrong: only findings that two looks, a second
 * apart, have in common are reported; a task that looks wrong in the second look alone counts as open.
 */
public final class Auditor {

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
    private static final Duration ADMIN = Duration.ofSeconds(30);

    private final KafkaClients clients;
    private final StateTopics state;
    private final Consumer<String> progress;

    /**
     * @param applicationId of the coordinator, whose state is part of the accounts
     * @param progress takes a line for each topic
     */
    public Auditor(KafkaClients clients, String applicationId, Consumer<String> progress) {
        this.clients = clients;
        this.state = new StateTopics(applicationId);
        this.progress = progress;
    }

    /** @throws ClusterException when the cluster does not answer */
    public Audit audit() throws InterruptedException {
        Audit first = look(_ -> true);
        if (first.balances()) {
            return first;
        }
        progress.accept("%d things do not add up at first sight; looking again"
                .formatted(first.findings().size()));
        pause();
        Set<Finding.Matter> suspected =
                first.findings().stream().map(Finding::matter).collect(Collectors.toSet());
        return look(finding -> suspected.contains(finding.matter()));
    }

    /** Consequences are read before their causes, so that a cause is there for each. */
    private Audit look(Predicate<Finding> confirmed) throws InterruptedException {
        var ledger = new Ledger(confirmed);
        var scan = new TopicScan(clients, "troupe-audit");
        try (var admin = clients.admin("troupe-audit")) {
            Set<String> topics = answer("list the topics", admin.listTopics().names());
            Map<String, Map<Integer, Long>> trainers = trainers(admin);
            scan.decoded(TopicCatalog.MODEL_VERSIONS, ScanRange.ALL, (_, value, _) -> value.ifPresent(ledger::version));
            scan.decoded(TopicCatalog.TRAINING_STEPS, ScanRange.ALL, (_, value, _) -> value.ifPresent(ledger::step));
            progress.accept("read model-versions and training-steps");
            scan.raw(TopicCatalog.DEAD_LETTERS, ScanRange.ALL, letter -> note(letter, ledger));
            scan.decoded(
                    TopicCatalog.EPISODE_GROUPS,
                    ScanRange.ALL,
                    (at, value, _) -> value.ifPresent(group -> ledger.group(at, group)));
            progress.accept("read dead-letters and episode-groups");
            scan.decoded(TopicCatalog.EPISODES, ScanRange.ALL, (_, value, _) -> value.ifPresent(ledger::episode));
            progress.accept("read episodes");
            Map<Integer, Long> coordinator =
                    partitions(offsets(admin, state.applicationId()), TopicCatalog.TASKS.name());
            live(scan, topics, ledger);
            scan.raw(
                    TopicCatalog.TASKS.name(),
                    ScanRange.ALL,
                    record -> ledger.task(
                            Origin.of(record), record.timestamp(), scan.decode(TopicCatalog.TASKS, record)));
            progress.accept("read tasks and the coordinator's state");
            if (coordinator.isEmpty() && ledger.hasOutcomes()) {
                throw new IllegalStateException(
                        "group '%s' has read no task, though some have come to an end; set coordinator.application.id as the reward service has it"
                                .formatted(state.applicationId()));
            }
            return ledger.settle(new Positions(
                    coordinator,
                    trainers,
                    expired(scan, TopicCatalog.TASKS),
                    expired(scan, TopicCatalog.EPISODE_GROUPS)));
        }
    }

    private static boolean expired(TopicScan scan, Topic<?> topic) {
        return scan.begin(topic.name()).values().stream().anyMatch(offset -> offset > 0);
    }

    private void live(TopicScan scan, Set<String> topics, Ledger ledger) throws InterruptedException {
        if (topics.contains(state.groups())) {
            var live = new HashSet<String>();
            scan.raw(state.groups(), ScanRange.ALL, record -> {
                String taskId = StateTopics.taskId(record.key());
                if (record.value() == null) {
                    live.remove(taskId);
                } else {
                    live.add(taskId);
                }
            });
            live.forEach(ledger::live);
        }
        if (topics.contains(state.waiting())) {
            var waiting = new HashSet<Origin>();
            scan.raw(state.waiting(), ScanRange.ALL, record -> {
                var task = new Origin(
                        TopicCatalog.TASKS.name(), record.partition(), StateTopics.waitingOffset(record.key()));
                if (record.value() == null) {
                    waiting.remove(task);
                } else {
                    waiting.add(task);
                }
            });
            waiting.forEach(task -> ledger.waiting(task.partition(), task.offset()));
        }
    }

    private static void note(ConsumerRecord<byte[], byte[]> letter, Ledger ledger) {
        // Notes of what was fed again lie among the letters.
        if (DeadLetters.isLetter(letter)) {
            DeadLetters.origin(letter.headers())
                    .filter(origin -> origin.topic().equals(TopicCatalog.TASKS.name()))
                    .ifPresent(origin -> ledger.deadLetter(
                            origin,
                            DeadLetters.text(letter.headers(), DeadLetters.REASON)
                                    .orElse("unknown")));
        }
    }

    private static Map<String, Map<Integer, Long>> trainers(Admin admin) throws InterruptedException {
        String prefix = GroupFeed.groupId("");
        var positions = new HashMap<String, Map<Integer, Long>>();
        for (GroupListing group : answer("list the groups", admin.listGroups().all())) {
            if (group.groupId().startsWith(prefix)) {
                positions.put(
                        group.groupId().substring(prefix.length()),
                        partitions(offsets(admin, group.groupId()), TopicCatalog.EPISODE_GROUPS.name()));
            }
        }
        return positions;
    }

    private static Map<TopicPartition, OffsetAndMetadata> offsets(Admin admin, String groupId)
            throws InterruptedException {
        return answer(
                "tell the offsets of group " + groupId,
                admin.listConsumerGroupOffsets(groupId).partitionsToOffsetAndMetadata());
    }

    private static Map<Integer, Long> partitions(Map<TopicPartition, OffsetAndMetadata> offsets, String topic) {
        var byPartition = new HashMap<Integer, Long>();
        offsets.forEach((at, offset) -> {
            if (at.topic().equals(topic) && offset != null) {
                byPartition.put(at.partition(), offset.offset());
            }
        });
        return byPartition;
    }

    private static <T> T answer(String what, KafkaFuture<T> answer) throws InterruptedException {
        try {
            return answer.get(ADMIN.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new ClusterException(
                    ClusterException.Reason.BROKER_UNREACHABLE, "the cluster did not %s: %s".formatted(what, e), e);
        }
    }

    private static void pause() throws InterruptedException {
        boolean never = new CountDownLatch(1).await(BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS);
        if (never) {
            throw new IllegalStateException("nobody counts this down");
        }
    }
}
