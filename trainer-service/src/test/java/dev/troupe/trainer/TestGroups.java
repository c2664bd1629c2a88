package dev.troupe.trainer;

import dev.troupe.policy.DecoderConfig;
import dev.troupe.policy.Family;
import dev.troupe.policy.RopeScaling;
import dev.troupe.policy.TrainablePolicy;
import dev.troupe.schemas.avro.Action;
import dev.troupe.schemas.avro.Episode;
import dev.troupe.schemas.avro.EpisodeGroup;
import dev.troupe.schemas.avro.EpisodeStatus;
import dev.troupe.schemas.avro.EpisodeStep;
import dev.troupe.schemas.avro.FinishReason;
import dev.troupe.schemas.avro.Purpose;
import dev.troupe.schemas.avro.RewardWeights;
import dev.troupe.schemas.avro.Score;
import dev.troupe.schemas.avro.Term;
import dev.troupe.schemas.avro.VersionSpan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;

/** Groups of episodes with random tokens, and the tiny policy they are for. */
public final class TestGroups {
    /** About 2000 weights. */
    public static final DecoderConfig TINY = new DecoderConfig(
            32, 16, 32, 1, 2, 1, 8, 1e-5, 10_000, 64, true, List.of(1), OptionalInt.empty(), OptionalInt.of(0));

    /** Another family, another size, another vocabulary. */
    public static final DecoderConfig OTHER_FAMILY = new DecoderConfig(
            48,
            24,
            40,
            2,
            2,
            2,
            12,
            1e-6,
            10_000,
            96,
            true,
            List.of(1),
            OptionalInt.empty(),
            OptionalInt.of(0),
            Family.QWEN2,
            new RopeScaling.Plain());

    private TestGroups() {}

    public static Path checkpoint(Path directory) throws IOException {
        return checkpoint(directory, TINY);
    }

    /** A checkpoint with the least that belongs to a tokenizer. */
    public static Path checkpoint(Path directory, DecoderConfig config) throws IOException {
        try (TrainablePolicy policy = TrainablePolicy.initialize(config, 7)) {
            policy.save(directory);
        }
        Files.writeString(directory.resolve("tokenizer_config.json"), "{}\n");
        return directory;
    }

    /** A group of two policies, {@code <teamId>-helper} and {@code <teamId>-main}. */
    public static EpisodeGroup byRole(String teamId, String taskId, double... rewards) {
        EpisodeGroup group = group(teamId, taskId, rewards);
        group.getEpisodes()
                .replaceAll(episode -> Episode.newBuilder(episode)
                        .setSteps(episode.getSteps().stream()
                                .map(step -> new EpisodeStep(
                                        step.getTurn(),
                                        step.getActions().stream()
                                                .map(action -> Action.newBuilder(action)
                                                        .setPolicyId(teamId + "-" + action.getRole())
                                                        .build())
                                                .toList(),
                                        step.getMessages()))
                                .toList())
                        .build());
        return group;
    }

    /** A group of one policy named like its team, with the roles helper and main; NaN is an incomplete episode. */
    public static EpisodeGroup group(String teamId, String taskId, double... rewards) {
        var random = new Random(taskId.hashCode());
        var episodes = new ArrayList<Episode>();
        for (double reward : rewards) {
            episodes.add(episode(teamId, taskId, episodes.size(), reward, random));
        }
        return EpisodeGroup.newBuilder()
                .setTaskId(taskId)
                .setTeamId(teamId)
                .setEnvironment("coding")
                .setEpisodes(episodes)
                .setClosedBy("ALL_ENDED")
                .setClosedAt(0)
                .build();
    }

    /**
     * A group that crosses two completions of helper with two of main: episode {@code 2 h + m} holds helper's of
     * episode h and main's of episode m, as they were drawn.
     */
    public static EpisodeGroup crossed(String teamId, String taskId, double... rewards) {
        EpisodeGroup group = group(teamId, taskId, rewards);
        List<Episode> drawn = List.copyOf(group.getEpisodes());
        group.getEpisodes().replaceAll(episode -> {
            int index = episode.getEpisode();
            var actions = List.of(
                    drawn.get(index / 2).getSteps().getFirst().getActions().getFirst(),
                    drawn.get(index % 2).getSteps().getFirst().getActions().getLast());
            return Episode.newBuilder(episode)
                    .setSteps(List.of(new EpisodeStep(0, actions, List.of())))
                    .build();
        });
        return group;
    }

    private static Episode episode(String teamId, String taskId, int index, double reward, Random random) {
        boolean scored = !Double.isNaN(reward);
        var actions =
                List.of(action(teamId, taskId, index, "helper", random), action(teamId, taskId, index, "main", random));
        return Episode.newBuilder()
                .setTaskId(taskId)
                .setEpisode(index)
                .setEnvironment("coding")
                .setTeamId(teamId)
                .setCollaboration("parallel")
                .setPurpose(Purpose.TRAIN)
                .setStatus(scored ? EpisodeStatus.SCORED : EpisodeStatus.INCOMPLETE)
                .setReason(scored ? null : "DEADLINE")
                .setScore(
                        scored
                                ? new Score(
                                        reward,
                                        reward,
                                        0.5,
                                        0.0,
                                        reward > 0.5,
                                        List.of(new Term("tests_passed", reward)),
                                        new RewardWeights(1.0, 0.0, 0.1))
                                : null)
                .setSteps(List.of(new EpisodeStep(0, actions, List.of())))
                .setStartedAt(0)
                .setFinishedAt(0)
                .build();
    }

    /** An action whose completion was drawn with an even hand: each token has log-probability log(1/32). */
    public static Action action(String policyId, String taskId, int episode, String role, Random random) {
        var prompt = random.ints(3 + random.nextInt(5), 2, 32).boxed().toList();
        var completion = random.ints(2 + random.nextInt(8), 2, 32).boxed().toList();
        return Action.newBuilder()
                .setTaskId(taskId)
                .setEpisode(episode)
                .setTurn(0)
                .setRole(role)
                .setAgentId("agent")
                .setPolicyId(policyId)
                .setText("")
                .setPromptTokenIds(prompt)
                .setTokenIds(completion)
                .setLogprobs(
                        completion.stream().map(_ -> (float) Math.log(1.0 / 32)).toList())
                .setTemperature(1)
                .setVersions(List.of(new VersionSpan(0, 0, completion.size())))
                .setFinishReason(FinishReason.STOP)
                .setStartedAt(0)
                .setFinishedAt(0)
                .build();
    }
}
