package dev.troupe.cli.bench.loop;

import dev.troupe.agent.message.ParsedCompletion;
import dev.troupe.policy.ChatMessage;
import dev.troupe.policy.ChatTokenizer;
import dev.troupe.policy.Completion;
import dev.troupe.policy.GenerationRequest;
import dev.troupe.policy.SamplingParams;
import dev.troupe.policy.TokenIds;
import dev.troupe.reward.coordinator.TurnSeed;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.EpisodeStep;
import dev.troupe.schemas.avro.FinishReason;
import dev.troupe.schemas.avro.Message;
import dev.troupe.schemas.avro.RoleObservation;
import dev.troupe.schemas.avro.Sampling;
import dev.troupe.schemas.avro.Task;
import dev.troupe.schemas.avro.VersionSpan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One episode as a plain loop plays it. */
final class Table {

    private final Task task;
    private final int episode;
    private final List<String> roles;
    private final long runSeed;
    private final List<EpisodeStep> steps = new ArrayList<>();
    private List<RoleObservation> observations;

    /** @param task filled in */
    Table(Task task, int episode, List<String> roles, long runSeed, List<RoleObservation> opening) {
        this.task = task;
        this.episode = episode;
        this.roles = List.copyOf(roles);
        this.runSeed = runSeed;
        this.observations = List.copyOf(opening);
    }

    Task task() {
        return task;
    }

    int episode() {
        return episode;
    }

    List<EpisodeStep> steps() {
        return List.copyOf(steps);
    }

    /** One request for each role that has an observation. */
    List<GenerationRequest> requests(ChatTokenizer tokenizer, Map<RoleObservation, TokenIds> encoded) {
        Sampling sampling = task.getSampling();
        var params = new SamplingParams(
                sampling.getTemperature(), sampling.getTopP(), sampling.getTopK(), sampling.getMaxCompletionLength());
        return observations.stream()
                .map(observation -> new GenerationRequest(
                        encoded.computeIfAbsent(observation, seen -> encode(tokenizer, seen)),
                        params,
                        TurnSeed.of(runSeed, task.getTaskId(), episode, observation.getRole(), steps.size())))
                .toList();
    }

    private static TokenIds encode(ChatTokenizer tokenizer, RoleObservation observation) {
        return tokenizer.encodeChat(observation.getPrompt().stream()
                .map(message -> new ChatMessage(message.getRole(), message.getContent()))
                .toList());
    }

    /** @param completions of the requests, in their order */
    void act(
            ChatTokenizer tokenizer,
            List<GenerationRequest> requests,
            List<Completion> completions,
            String policyId,
            int version) {
        var actions = new ArrayList<Action>();
        var messages = new ArrayList<Message>();
        for (int i = 0; i < completions.size(); i++) {
            String role = observations.get(i).getRole();
            Completion completion = completions.get(i);
            List<String> others =
                    roles.stream().filter(other -> !other.equals(role)).toList();
            ParsedCompletion parsed = ParsedCompletion.parse(tokenizer.decode(completion.tokens()), others);
            messages.addAll(messages(tokenizer, role, parsed));
            actions.add(action(role, requests.get(i), completion, parsed)
                    .setPolicyId(policyId)
                    .setVersions(
                            completion.tokens().size() == 0
                                    ? List.of()
                                    : List.of(new VersionSpan(
                                            version, 0, completion.tokens().size())))
                    .build());
        }
        steps.add(new EpisodeStep(steps.size(), actions, messages));
        observations = List.of();
    }

    private Action.Builder action(
            String role, GenerationRequest request, Completion completion, ParsedCompletion parsed) {
        long now = System.currentTimeMillis();
        return Action.newBuilder()
                .setTaskId(task.getTaskId())
                .setEpisode(episode)
                .setTurn(steps.size())
                .setRole(role)
                .setAttempt(0)
                .setAgentId("loop")
                .setTemperature(task.getSampling().getTemperature())
                .setText(parsed.text())
                .setPromptTokenIds(request.prompt().asList())
                .setTokenIds(completion.tokens().asList())
                .setLogprobs(completion.logprobs().asList())
                .setFinishReason(
                        switch (completion.finishReason()) {
                            case STOP -> FinishReason.STOP;
                            case LENGTH -> FinishReason.LENGTH;
                        })
                .setMessageCount(parsed.messages().size())
                .setStartedAt(now)
                .setFinishedAt(now);
    }

    private List<Message> messages(ChatTokenizer tokenizer, String from, ParsedCompletion parsed) {
        var messages = new ArrayList<Message>();
        for (var message : parsed.messages()) {
            messages.add(Message.newBuilder()
                    .setTaskId(task.getTaskId())
                    .setEpisode(episode)
                    .setTurn(steps.size())
                    .setSequence(messages.size())
                    .setAttempt(0)
                    .setFrom(from)
                    .setTo(message.to())
                    .setContent(message.content())
                    .setTokens(tokenizer.encode(message.content()).size())
                    .setSentAt(System.currentTimeMillis())
                    .build());
        }
        return messages;
    }

    /** The episode goes on. */
    void observe(List<RoleObservation> next) {
        observations = List.copyOf(next);
    }

    /** Prompts that were encoded already; siblings share them. */
    static Map<RoleObservation, TokenIds> encodings() {
        return new HashMap<>();
    }
}
