package dev.troupe.reward.rescore;

import static dev.troupe.schemas.TopicCatalog.ACTIONS;
import static dev.troupe.schemas.TopicCatalog.MESSAGES;
import static dev.troupe.schemas.TopicCatalog.TURNS;

import dev.troupe.runtime.kafka.KafkaClients;
import dev.troupe.runtime.kafka.Origin;
import dev.troupe.runtime.kafka.TopicReader;
import dev.troupe.runtime.kafka.TopicWriter;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.FinishReason;
import dev.troupe.schemas.avro.Message;
import dev.troupe.schemas.avro.Turn;
import dev.troupe.schemas.avro.VersionSpan;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Answers every turn; the episode's number decides how well and at what length. */
final class ScriptedAgents implements AutoCloseable {

    /** Tokens of each action, by episode. */
    static final List<Integer> TOKENS = List.of(5, 20, 15, 40);

    private final TopicWriter writer;
    private final TopicReader<Turn> turns;

    ScriptedAgents(KafkaClients clients) {
        this.writer = new TopicWriter(clients, "agents");
        this.turns = new TopicReader<>(clients, "agents", TURNS, read -> answer(read.value()));
        turns.start();
    }

    private void answer(Turn turn) throws InterruptedException {
        Message message = Message.newBuilder()
                .setTaskId(turn.getTaskId())
                .setEpisode(turn.getEpisode())
                .setTurn(turn.getTurn())
                .setSequence(0)
                .setAttempt(turn.getAttempt())
                .setFrom(turn.getRole())
                .setTo("all")
                .setContent("mind the negative ones")
                .setTokens(turn.getEpisode())
                .setSentAt(1)
                .build();
        CompletableFuture<Origin> said = writer.send(MESSAGES, turn.getTaskId(), message);
        CompletableFuture<Origin> acted = writer.send(ACTIONS, turn.getTaskId(), action(turn));
        TopicWriter.await(List.of(said, acted));
    }

    private static Action action(Turn turn) {
        int tokens = TOKENS.get(turn.getEpisode());
        return Action.newBuilder()
                .setTaskId(turn.getTaskId())
                .setEpisode(turn.getEpisode())
                .setTurn(turn.getTurn())
                .setRole(turn.getRole())
                .setAttempt(turn.getAttempt())
                .setAgentId("agent")
                .setPolicyId(turn.getPolicyId())
                .setText(text(turn.getRole(), turn.getEpisode() % 2 == 1))
                .setPromptTokenIds(List.of(1))
                .setTokenIds(Collections.nCopies(tokens, 1))
                .setLogprobs(Collections.nCopies(tokens, -0.25f))
                .setTemperature(1)
                .setVersions(List.of(new VersionSpan(0, 0, tokens)))
                .setFinishReason(FinishReason.STOP)
                .setMessageCount(1)
                .setStartedAt(1)
                .setFinishedAt(2)
                .build();
    }

    private static String text(String role, boolean good) {
        return switch (role) {
            case "helper" -> "def helper(xs):\n    return [x for x in xs if x > 0]";
            case "main" -> good ? "def main(xs):\n    return sum(helper(xs))" : "def main(xs):\n    return 7";
            case "author1" -> "Farmers in the valley make cheese from goat milk.";
            case "author2" ->
                good
                        ? "However, goat milk spoils quickly, so valley families salt it overnight. "
                                + "For example, old dairies still press wheels by hand."
                        : "Nothing is known.";
            default -> throw new IllegalArgumentException("no text for role " + role);
        };
    }

    @Override
    public void close() {
        turns.close();
        writer.close();
    }
}
