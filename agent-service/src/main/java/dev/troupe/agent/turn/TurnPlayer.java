package dev.troupe.agent.turn;

import dev.troupe.agent.message.OutgoingMessage;
import dev.troupe.agent.message.ParsedCompletion;
import dev.troupe.agent.policy.LoadedPolicy;
import dev.troupe.agent.policy.PolicyLease;
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
import java.time.Duration;
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

    /** Plays or refuses every turn, in their order. */
    List<PlayedTurn> play(PolicyLease lease, List<Turn> turns, Instant taken) throws InterruptedException {
        var results = new ArrayList<PlayedTurn>();
        var playable = new ArrayList<Turn>();
        var requests = new ArrayList<GenerationRequest>();
        for (Turn turn : turns) {
            try {
                GenerationRequest request = request(lease.policy(), turn);
                if (request.prompt().size() >= lease.policy().maxPositions()) {
                    results.add(new PlayedTurn(
                            refuse(
                                    turn,
                                    RefusalReason.PROMPT_TOO_LONG,
                                    request.prompt().size() + " tokens leave none of the model's "
                                            + lease.policy().maxPositions() + " positions to sample",
                                    taken),
                            List.of()));
                } else {
                    playable.add(turn);
                    requests.add(request);
                }
            } catch (IllegalArgumentException e) {
                results.add(new PlayedTurn(
                        refuse(turn, RefusalReason.INVALID_TURN, String.valueOf(e.getMessage()), taken), List.of()));
            }
        }
        if (!playable.isEmpty()) {
            long begun = System.nanoTime();
            List<Completion> completions = lease.policy().generate(requests);
            metrics.generated(requests.size(), Duration.ofNanos(System.nanoTime() - begun));
            for (int i = 0; i < playable.size(); i++) {
                results.add(played(lease, playable.get(i), requests.get(i), completions.get(i), taken));
            }
        }
        return results;
    }

    private GenerationRequest request(LoadedPolicy policy, Turn turn) {
        List<ChatMessage> messages = turn.getPrompt().stream()
                .map(message -> new ChatMessage(message.getRole(), message.getContent()))
                .toList();
        if (messages.isEmpty()) {
            throw new IllegalArgumentException("the observation is empty");
        }
        Sampling sampling = turn.getSampling();
        int length =
                sampling.getMaxCompletionLength() == 0 ? defaultCompletionLength : sampling.getMaxCompletionLength();
        return new GenerationRequest(
                policy.encodeChat(messages),
                new SamplingParams(sampling.getTemperature(), sampling.getTopP(), sampling.getTopK(), length),
                turn.getSeed());
    }

    private PlayedTurn played(
            PolicyLease lease, Turn turn, GenerationRequest request, Completion completion, Instant taken) {
        LoadedPolicy policy = lease.policy();
        TokenIds tokens = completion.tokens();
        ParsedCompletion parsed = ParsedCompletion.parse(policy.decode(tokens), turn.getRoles());
        long now = clock.millis();
        List<Message> messages = messages(turn, parsed.messages(), policy, now);
        metrics.played(request.prompt().size(), tokens.size(), messages.size());
        Action action = action(turn, taken)
                .setText(parsed.text())
                .setPromptTokenIds(request.prompt().asList())
                .setTokenIds(tokens.asList())
                .setLogprobs(completion.logprobs().asList())
                .setVersions(tokens.isEmpty() ? List.of() : List.of(new VersionSpan(lease.version(), 0, tokens.size())))
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
