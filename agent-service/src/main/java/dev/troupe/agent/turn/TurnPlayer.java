package dev.troupe.agent.turn;

import dev.troupe.agent.decode.DecodeRequest;
import dev.troupe.agent.message.OutgoingMessage;
import dev.troupe.agent.message.ParsedCompletion;
import dev.troupe.agent.policy.LoadedPolicy;
import dev.troupe.agent.policy.PolicyLease;
import dev.troupe.agent.policy.Sampled;
import dev.troupe.policy.ChatMessage;
import dev.troupe.policy.Completion;
import dev.troupe.policy.GenerationRequest;
import dev.troupe.policy.SamplingParams;
import dev.troupe.policy.TokenIds;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.FinishReason;
import dev.troupe.schemas.avro.Message;
import dev.troupe.schemas.avro.Sampling;
import dev.troupe.schemas.avro.Turn;
import dev.troupe.schemas.avro.VersionSpan;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Samples turns with one version of one policy. The draws of a turn come from its own seed, so who plays it, when and
 * in what company does not matter. Knows nothing of domains.
 */
public final class TurnPlayer {
    private final String agentId;
    private final int defaultCompletionLength;
    private final TurnMetrics metrics;
    private final InstantSource clock;

    /** @param defaultCompletionLength for turns that name no length, in tokens */
    public TurnPlayer(String agentId, int defaultCompletionLength, TurnMetrics metrics, InstantSource clock) {
        this.agentId = agentId;
        this.defaultCompletionLength = defaultCompletionLength;
        this.metrics = metrics;
        this.clock = clock;
    }

    /**
     * Begins a turn.
     *
     * @param lease is the player's from here on
     * @return the turn that is being played, or why it is not
     */
    Begun begin(PolicyLease lease, Turn turn, Instant taken) {
        LoadedPolicy policy = lease.policy();
        List<ChatMessage> chat;
        GenerationRequest request;
        try {
            chat = chat(turn);
            request = request(policy, turn, chat);
        } catch (IllegalArgumentException e) {
            lease.close();
            return refused(turn, RefusalReason.INVALID_TURN, String.valueOf(e.getMessage()), taken);
        } catch (RuntimeException | Error e) {
            lease.close();
            throw e;
        }
        if (request.prompt().size() >= policy.maxPositions()) {
            lease.close();
            return refused(
                    turn,
                    RefusalReason.PROMPT_TOO_LONG,
                    request.prompt().size() + " tokens leave none of the model's " + policy.maxPositions()
                            + " positions to sample",
                    taken);
        }
        var decode = new DecodeRequest(request, chat, line(turn), Instant.ofEpochMilli(turn.getDeadlineAt()));
        return new Begun.Playing(turn, taken, request.prompt(), policy.complete(lease, decode));
    }

    /** Evaluations ask for exact versions: neither they nor training wait for the other, nor one role for another. */
    private static String line(Turn turn) {
        return (turn.getPolicyVersion() == null ? "newest/" : "exact/") + turn.getRole();
    }

    private Begun refused(Turn turn, RefusalReason reason, String detail, Instant taken) {
        return new Begun.Refused(new PlayedTurn(refuse(turn, reason, detail, taken), List.of()));
    }

    private static List<ChatMessage> chat(Turn turn) {
        List<ChatMessage> messages = turn.getPrompt().stream()
                .map(message -> new ChatMessage(message.getRole(), message.getContent()))
                .toList();
        if (messages.isEmpty()) {
            throw new IllegalArgumentException("the observation is empty");
        }
        return messages;
    }

    private GenerationRequest request(LoadedPolicy policy, Turn turn, List<ChatMessage> chat) {
        Sampling sampling = turn.getSampling();
        int length =
                sampling.getMaxCompletionLength() == 0 ? defaultCompletionLength : sampling.getMaxCompletionLength();
        return new GenerationRequest(
                policy.encodeChat(chat),
                new SamplingParams(sampling.getTemperature(), sampling.getTopP(), sampling.getTopK(), length),
                turn.getSeed());
    }

    /** What is to be published of a turn that has been sampled; the lease is given back. */
    PlayedTurn played(Begun.Playing playing, Sampled sampled) {
        try (PolicyLease lease = sampled.lease()) {
            LoadedPolicy policy = lease.policy();
            Turn turn = playing.turn();
            Completion completion = sampled.completion();
            TokenIds tokens = completion.tokens();
            ParsedCompletion parsed = ParsedCompletion.parse(policy.decode(tokens), turn.getRoles());
            long now = clock.millis();
            List<Message> messages = messages(turn, parsed.messages(), policy, now);
            metrics.played(playing.prompt().size(), tokens.size(), messages.size());
            Action action = action(turn, playing.taken())
                    .setText(parsed.text())
                    .setPromptTokenIds(playing.prompt().asList())
                    .setTokenIds(tokens.asList())
                    .setLogprobs(completion.logprobs().asList())
                    .setVersions(sampled.spans().stream()
                            .map(span -> new VersionSpan(span.version(), span.start(), span.end()))
                            .toList())
                    .setFinishReason(
                            switch (completion.finishReason()) {
                                case STOP -> FinishReason.STOP;
                                case LENGTH -> FinishReason.LENGTH;
                            })
                    .setMessageCount(messages.size())
                    .setFinishedAt(now)
                    .build();
            return new PlayedTurn(action, messages);
        }
    }

    private static List<Message> messages(Turn turn, List<OutgoingMessage> outgoing, LoadedPolicy policy, long now) {
        var messages = new ArrayList<Message>();
        for (OutgoingMessage message : outgoing) {
            messages.add(Message.newBuilder()
                    .setTaskId(turn.getTaskId())
                    .setEpisode(turn.getEpisode())
                    .setTurn(turn.getTurn())
                    .setSequence(messages.size())
                    .setAttempt(turn.getAttempt())
                    .setFrom(turn.getRole())
                    .setTo(message.to())
                    .setContent(message.content())
                    .setTokens(policy.countTokens(message.content()))
                    .setSentAt(now)
                    .build());
        }
        return messages;
    }

    /** The action that says why there is none. */
    Action refuse(Turn turn, RefusalReason reason, String detail, Instant taken) {
        metrics.refused(reason);
        return action(turn, taken)
                .setText("")
                .setPromptTokenIds(List.of())
                .setTokenIds(List.of())
                .setLogprobs(List.of())
                .setVersions(List.of())
                .setFinishReason(FinishReason.REFUSED)
                .setFinishedAt(clock.millis())
                .setRefusal(reason + ": " + detail)
                .build();
    }

    private Action.Builder action(Turn turn, Instant taken) {
        return Action.newBuilder()
                .setTaskId(turn.getTaskId())
                .setEpisode(turn.getEpisode())
                .setTurn(turn.getTurn())
                .setRole(turn.getRole())
                .setAttempt(turn.getAttempt())
                .setAgentId(agentId)
                .setPolicyId(turn.getPolicyId())
                .setTemperature(turn.getSampling().getTemperature())
                .setStartedAt(taken.toEpochMilli());
    }
}
