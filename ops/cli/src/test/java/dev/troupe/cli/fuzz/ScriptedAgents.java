package dev.troupe.cli.fuzz;

import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.QueueProtocol;
import dev.troupe.runtime.kafka.TopicWriter;
import dev.troupe.runtime.kafka.WorkQueue;
import dev.troupe.runtime.kafka.WorkQueueOptions;
import dev.troupe.schemas.TopicCatalog;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.FinishReason;
import dev.troupe.schemas.avro.Turn;
import dev.troupe.schemas.avro.VersionSpan;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Agents on the real work queue that answer every turn of a task they know, and count the rest. */
final class ScriptedAgents implements AutoCloseable {

    private final TopicWriter writer;
    private final List<WorkQueue<Turn>> queues;
    private final Set<String> tasks = ConcurrentHashMap.newKeySet();
    private final AtomicInteger strangers = new AtomicInteger();

    /** @param workers of the queue */
    ScriptedAgents(KafkaClients clients, int workers) {
        this.writer = new TopicWriter(clients, "scripted-agents");
        this.queues = Stream.generate(() -> WorkQueue.of(
                        clients,
                        TopicCatalog.AGENTS_GROUP,
                        TopicCatalog.TURNS,
                        WorkQueueOptions.ofBatch(32, QueueProtocol.SHARE),
                        turns -> TopicWriter.await(turns.stream()
                                .filter(this::known)
                                .map(turn -> writer.send(TopicCatalog.ACTIONS, turn.getTaskId(), action(turn)))
                                .toList())))
                .limit(workers)
                .toList();
        queues.forEach(WorkQueue::start);
    }

    /** The coordinator deals these; a fuzzed turn names none of them. */
    void play(String taskId) {
        tasks.add(taskId);
    }

    private boolean known(Turn turn) {
        if (tasks.contains(turn.getTaskId())) {
            return true;
        }
        strangers.incrementAndGet();
        return false;
    }

    /** Turns of tasks that nobody fed. */
    int strangers() {
        return strangers.get();
    }

    boolean live() {
        return queues.stream().allMatch(WorkQueue::live);
    }

    private static Action action(Turn turn) {
        return Action.newBuilder()
                .setTaskId(turn.getTaskId())
                .setEpisode(turn.getEpisode())
                .setTurn(turn.getTurn())
                .setRole(turn.getRole())
                .setAttempt(turn.getAttempt())
                .setAgentId("agent")
                .setPolicyId(turn.getPolicyId())
                .setText("A summary.")
                .setPromptTokenIds(List.of(1))
                .setTokenIds(List.of(2, 3))
                .setLogprobs(List.of(-0.5f, -0.5f))
                .setTemperature(1)
                .setVersions(List.of(new VersionSpan(0, 0, 2)))
                .setFinishReason(FinishReason.STOP)
                .setMessageCount(0)
                .setStartedAt(1)
                .setFinishedAt(2)
                .build();
    }

    @Override
    public void close() {
        queues.forEach(WorkQueue::close);
        writer.close();
    }
}
