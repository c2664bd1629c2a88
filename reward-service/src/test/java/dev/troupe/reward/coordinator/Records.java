package dev.troupe.reward.coordinator;

import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.FinishReason;
import dev.troupe.schemas.avro.Judgement;
import dev.troupe.schemas.avro.Message;
import dev.troupe.schemas.avro.ModelVersion;
import dev.troupe.schemas.avro.RoleObservation;
import dev.troupe.schemas.avro.Score;
import dev.troupe.schemas.avro.Step;
import dev.troupe.schemas.avro.Task;
import dev.troupe.schemas.avro.Turn;
import dev.troupe.schemas.avro.VersionSpan;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** What users, agents, judges and trainers write. */
final class Records {

    private Records() {}

    static Task.Builder task(String id) {
        return Task.newBuilder()
                .setTaskId(id)
                .setEnvironment("talk")
                .setPrompt("agree")
                .setNumGenerations(1);
    }

    static Action action(Turn turn, int messages) {
        return action(turn, messages, 2);
    }

    static Action action(Turn turn, int messages, int tokens) {
        List<Integer> ids = java.util.Collections.nCopies(tokens, 7);
        return Action.newBuilder()
                .setTaskId(turn.getTaskId())
                .setEpisode(turn.getEpisode())
                .setTurn(turn.getTurn())
                .setRole(turn.getRole())
                .setAttempt(turn.getAttempt())
                .setAgentId("agent")
                .setPolicyId(turn.getPolicyId())
                .setText("yes")
                .setPromptTokenIds(List.of(1, 2, 3))
                .setTokenIds(ids)
                .setLogprobs(java.util.Collections.nCopies(tokens, -0.5f))
                .setTemperature(1)
                .setVersions(List.of(new VersionSpan(0, 0, tokens)))
                .setFinishReason(FinishReason.STOP)
                .setMessageCount(messages)
                .setStartedAt(1)
                .setFinishedAt(2)
                .build();
    }

    static Action refusal(Turn turn) {
        return Action.newBuilder(action(turn, 0, 0))
                .setVersions(List.of())
                .setFinishReason(FinishReason.REFUSED)
                .setRefusal("prompt too long")
                .build();
    }

    static Message message(Turn turn, int sequence) {
        return Message.newBuilder()
                .setTaskId(turn.getTaskId())
                .setEpisode(turn.getEpisode())
                .setTurn(turn.getTurn())
                .setSequence(sequence)
                .setAttempt(turn.getAttempt())
                .setFrom(turn.getRole())
                .setTo("all")
                .setContent("message " + sequence)
                .setTokens(3)
                .setSentAt(1)
                .build();
    }

    static Judgement.Builder judgement(Step step) {
        return Judgement.newBuilder()
                .setTaskId(step.getTask().getTaskId())
                .setEpisode(step.getEpisode())
                .setTurn(step.getTurn())
                .setJudgedBy("judge");
    }

    static Judgement scored(Step step, double reward) {
        return judgement(step)
                .setScore(new Score(reward, reward, 0.0, 0.0, reward > 0.5, List.of(), null))
                .build();
    }

    static Judgement next(Step step, String prompt, String... roles) {
        List<RoleObservation> observations = Arrays.stream(roles)
                .map(role -> TalkEnvironment.observation(role, prompt))
                .toList();
        return judgement(step).setObservations(observations).build();
    }

    /** Some of the roles, at least one, in their order. */
    static String[] some(Random random, String... roles) {
        List<String> chosen =
                Arrays.stream(roles).filter(_ -> random.nextBoolean()).toList();
        return chosen.isEmpty() ? roles : chosen.toArray(String[]::new);
    }

    static ModelVersion version(String policyId, int version) {
        return version(policyId, version, version);
    }

    static ModelVersion version(String policyId, int version, long step) {
        return ModelVersion.newBuilder()
                .setPolicyId(policyId)
                .setVersion(version)
                .setTeamId("team")
                .setArtifactUri("file:/nowhere")
                .setFiles(List.of())
                .setTrainingStep(step)
                .setCreatedAt(0)
                .build();
    }
}
