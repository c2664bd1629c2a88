package dev.troupe.cli.bench.stream;

import dev.troupe.cli.rehearsal.RehearsalEnvironment;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.FinishReason;
import dev.troupe.schemas.avro.ModelVersion;
import dev.troupe.schemas.avro.Task;
import dev.troupe.schemas.avro.Turn;
import dev.troupe.schemas.avro.VersionSpan;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** The records that the benchmark feeds: tasks of one team, and actions of about 1 KB. */
final class Rehearsal {

    static final String TEAM = "rehearsal";

    /** Episodes of a group. */
    static final int EPISODES = 8;

    /** Roles of an episode, each of which has one turn. */
    static final int ROLES = 2;

    private static final int TOKENS = 96;
    private static final int VOCABULARY = 32_000;
    private static final int TEXTS = 64;

    /** Four characters a token, as in English. */
    private static final int TEXT_LENGTH = 4 * TOKENS;

    private final List<Integer> tokens;
    private final List<Float> logprobs;
    private final List<String> texts;

    Rehearsal() {
        var random = new SplittableRandom(7);
        tokens = IntStream.range(0, TOKENS)
                .mapToObj(_ -> random.nextInt(VOCABULARY))
                .toList();
        logprobs = IntStream.range(0, TOKENS)
                .mapToObj(_ -> (float) Math.log(1 - random.nextDouble()))
                .toList();
        texts = IntStream.range(0, TEXTS).mapToObj(_ -> text(random)).toList();
    }

    private static String text(SplittableRandom random) {
        var text = new StringBuilder(TEXT_LENGTH);
        while (text.length() < TEXT_LENGTH) {
            text.append(random.nextInt(6) == 0 ? ' ' : (char) ('a' + random.nextInt(26)));
        }
        return text.toString();
    }

    /** A version so new that no group waits for the trainer. */
    static ModelVersion version() {
        return ModelVersion.newBuilder()
                .setPolicyId(TEAM)
                .setVersion(1)
                .setTeamId(TEAM)
                .setArtifactUri("none:")
                .setFiles(List.of())
                .setTrainingStep(1)
                .setCreatedAt(0)
                .build();
    }

    static Task task(String taskId) {
        return Task.newBuilder()
                .setTaskId(taskId)
                .setEnvironment(RehearsalEnvironment.NAME)
                .setTeamId(TEAM)
                .setPrompt("Write whatever you like about " + taskId)
                .setNumGenerations(EPISODES)
                .setMaxTurns(1)
                .build();
    }

    /** @param now epoch ms */
    Action action(Turn turn, long now) {
        return Action.newBuilder()
                .setTaskId(turn.getTaskId())
                .setEpisode(turn.getEpisode())
                .setTurn(turn.getTurn())
                .setRole(turn.getRole())
                .setAttempt(turn.getAttempt())
                .setAgentId("bench")
                .setPolicyId(turn.getPolicyId())
                .setText(texts.get((int) Math.abs(turn.getSeed() % TEXTS)))
                .setPromptTokenIds(tokens.subList(0, 16))
                .setTokenIds(tokens)
                .setLogprobs(logprobs)
                .setTemperature(1)
                .setVersions(List.of(new VersionSpan(1, 0, TOKENS)))
                .setFinishReason(FinishReason.LENGTH)
                .setStartedAt(now)
                .setFinishedAt(now)
                .build();
    }
}
