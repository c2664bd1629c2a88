package dev.troupe.cli;

import static dev.troupe.schemas.TopicCatalog.ACTIONS;
import static dev.troupe.schemas.TopicCatalog.AGENTS_GROUP;
import static dev.troupe.schemas.TopicCatalog.MESSAGES;
import static dev.troupe.schemas.TopicCatalog.TURNS;

import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.Origin;
import dev.troupe.runtime.kafka.QueueProtocol;
import dev.troupe.runtime.kafka.TopicWriter;
import dev.troupe.runtime.kafka.WorkQueue;
import dev.troupe.runtime.kafka.WorkQueueOptions;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.FinishReason;
import dev.troupe.schemas.avro.Message;
import dev.troupe.schemas.avro.Turn;
import dev.troupe.schemas.avro.VersionSpan;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Agents without a policy, on the share group that real ones use. They stop at a given turn until told to go on. */
final class PausingAgents implements AutoCloseable {

    private final int stopAfter;
    private final AtomicInteger taken = new AtomicInteger();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final TopicWriter writer;
    private final List<WorkQueue<Turn>> workers;

    /** @param stopAfter turns, of all deliveries together */
    PausingAgents(KafkaClients clients, int workers, int stopAfter) {
        this.stopAfter = stopAfter;
        this.writer = new TopicWriter(clients, "agents");
        this.workers = Stream.generate(() -> WorkQueue.of(
                        clients, AGENTS_GROUP, TURNS, WorkQueueOptions.ofBatch(1, QueueProtocol.SHARE), this::answer))
                .limit(workers)
                .toList();
        this.workers.forEach(WorkQueue::start);
    }

    /** Ends when the agents hold turns and answer none. */
    CountDownLatch stopped() {
        return stopped;
    }

    void goOn() {
        goOn.countDown();
    }

    private void answer(List<Turn> turns) throws InterruptedException {
        for (Turn turn : turns) {
            if (taken.incrementAndGet() > stopAfter) {
                stopped.countDown();
                goOn.await();
            }
            CompletableFuture<Origin> said = writer.send(MESSAGES, turn.getTaskId(), message(turn));
            CompletableFuture<Origin> acted = writer.send(ACTIONS, turn.getTaskId(), action(turn));
            TopicWriter.await(List.of(said, acted));
        }
    }

    private static Message message(Turn turn) {
        return Message.newBuilder()
                .setTaskId(turn.getTaskId())
                .setEpisode(turn.getEpisode())
                .setTurn(turn.getTurn())
                .setSequence(0)
                .setAttempt(turn.getAttempt())
                .setFrom(turn.getRole())
                .setTo("all")
                .setContent("mind the negative ones")
                .setTokens(4)
                .setSentAt(1)
                .build();
    }

    /** Wrong in the first turn and right in the second, so that episodes have two. */
    private static Action action(Turn turn) {
        String answer = turn.getTurn() == 0 ? "7" : "4";
        return Action.newBuilder()
                .setTaskId(turn.getTaskId())
                .setEpisode(turn.getEpisode())
                .setTurn(turn.getTurn())
                .setRole(turn.getRole())
                .setAttempt(turn.getAttempt())
                .setAgentId("agent")
                .setPolicyId(turn.getPolicyId())
                .setText("def %s(xs):\n    return %s".formatted(turn.getRole(), answer))
                .setPromptTokenIds(List.of(1))
                .setTokenIds(List.of(1, 2))
                .setLogprobs(List.of(-0.5f, -0.5f))
                .setTemperature(1)
                .setVersions(List.of(new VersionSpan(0, 0, 2)))
                .setFinishReason(FinishReason.STOP)
                .setMessageCount(1)
                .setStartedAt(1)
                .setFinishedAt(2)
                .build();
    }

    @Override
    public void close() {
        goOn();
        workers.forEach(WorkQueue::close);
        writer.close();
    }
}
