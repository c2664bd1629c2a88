package dev.troupe.trainer.update;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.troupe.policy.Completion;
import dev.troupe.policy.DecoderConfig;
import dev.troupe.policy.FinishReason;
import dev.troupe.policy.GenerationRequest;
import dev.troupe.policy.SamplingParams;
import dev.troupe.policy.ServingPolicy;
import dev.troupe.policy.TokenIds;
import dev.troupe.policy.TrainablePolicy;
import dev.troupe.policy.TrainingSequence;
import dev.troupe.trainer.TestOptions;
import dev.troupe.trainer.grpo.GrpoOptions;
import dev.troupe.trainer.grpo.LossType;
import dev.troupe.trainer.rollout.Course;
import dev.troupe.trainer.rollout.Provenance;
import dev.troupe.trainer.rollout.RolloutEpisode;
import dev.troupe.trainer.rollout.RolloutGroup;
import dev.troupe.trainer.rollout.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every loss learns: a small decoder, sampled by the policy module and trained by the real update, from a fixed seed.
 * Two roles share it and one reward, the share of their tokens that have an even id, which is a half to begin with.
 */
class LearningIT {
    private static final int STEPS = 20;
    private static final int GROUPS = 3;
    private static final int EPISODES = 6;
    private static final int LENGTH = 8;
    private static final List<String> ROLES = List.of("helper", "main");
    private static final DecoderConfig SMALL = new DecoderConfig(
            32, 32, 64, 2, 2, 1, 16, 1e-5, 10_000, 32, true, List.of(1), OptionalInt.empty(), OptionalInt.of(0));

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource(LossType.class)
    void everyLossLearns(LossType type) throws Exception {
        assertLearns("loss_type", type.name().toLowerCase(Locale.ROOT));
    }

    @ParameterizedTest
    @ValueSource(strings = {"magrpo", "rloo", "gspo"})
    void everyRecipeLearns(String preset) throws Exception {
        assertLearns("preset", preset);
    }

    private void assertLearns(String name, String value) throws Exception {
        GrpoOptions options = TestOptions.grpo(
                name,
                value,
                "learning_rate",
                "0.01",
                // So that the second pass has ratios other than 1, where losses differ.
                "num_iterations",
                "2",
                "max_completion_length",
                Integer.toString(LENGTH));
        List<Double> rewards = rewards(options);

        assertThat(rewards.getFirst()).as("reward at first").isBetween(0.3, 0.7);
        assertThat(rewards.subList(STEPS - 5, STEPS).stream()
                        .mapToDouble(Double::doubleValue)
                        .average()
                        .orElseThrow())
                .as("reward at last, of %s", rewards)
                .isGreaterThan(0.9);
    }

    /** The mean reward of each step. */
    private List<Double> rewards(GrpoOptions options) throws IOException {
        var rewards = new ArrayList<Double>();
        var update = new TeamUpdate(options, 1 << 14, STEPS);
        var policies = new TreeMap<String, TrainablePolicy>();
        try (TrainablePolicy policy = TrainablePolicy.initialize(SMALL, 5)) {
            policies.put("team", policy);
            for (int step = 1; step <= STEPS; step++) {
                Path checkpoint = Files.createDirectories(directory.resolve("step-" + step));
                policy.save(checkpoint);
                StepOutcome outcome =
                        update.apply(policies, Map.of(), Map.of("team", step - 1), rollouts(checkpoint, step), step);
                rewards.add(requireNonNull(outcome.metrics().get("reward")));
            }
        }
        return rewards;
    }

    private static List<RolloutGroup> rollouts(Path checkpoint, int step) throws IOException {
        var requests = new ArrayList<GenerationRequest>();
        for (int group = 0; group < GROUPS; group++) {
            TokenIds prompt = TokenIds.of(2 + group, 10 + (step + group) % 8, 9);
            for (int sample = 0; sample < EPISODES * ROLES.size(); sample++) {
                long seed = (step * (long) GROUPS + group) * 1000 + sample;
                requests.add(new GenerationRequest(prompt, new SamplingParams(1, 1, 0, LENGTH), seed));
            }
        }
        try (ServingPolicy serving = ServingPolicy.load(checkpoint)) {
            List<Completion> completions = serving.generate(requests);
            var groups = new ArrayList<RolloutGroup>();
            for (int group = 0; group < GROUPS; group++) {
                var episodes = new ArrayList<RolloutEpisode>();
                for (int episode = 0; episode < EPISODES; episode++) {
                    int first = (group * EPISODES + episode) * ROLES.size();
                    episodes.add(episode(requests, completions, first, step));
                }
                groups.add(new RolloutGroup("task-" + step + "-" + group, episodes, Optional.empty()));
            }
            return groups;
        }
    }

    private static RolloutEpisode episode(
            List<GenerationRequest> requests, List<Completion> completions, int first, int step) {
        var samples = new ArrayList<Sample>();
        double reward = 0;
        for (int role = 0; role < ROLES.size(); role++) {
            Completion completion = completions.get(first + role);
            reward += even(completion.tokens()) / ROLES.size();
            samples.add(new Sample(
                    "team",
                    ROLES.get(role),
                    true,
                    TrainingSequence.of(requests.get(first + role).prompt(), completion.tokens(), 1),
                    completion.logprobs(),
                    completion.finishReason() == FinishReason.LENGTH,
                    Provenance.of(
                            first / ROLES.size() % EPISODES,
                            step - 1,
                            completion.tokens().size())));
        }
        return new RolloutEpisode(
                new Course(first / ROLES.size() % EPISODES, 1, 0), reward, reward > 0.9, Map.of(), Map.of(), samples);
    }

    private static double even(TokenIds tokens) {
        int even = 0;
        for (int i = 0; i < tokens.size(); i++) {
            even += tokens.get(i) % 2 == 0 ? 1 : 0;
        }
        return (double) even / tokens.size();
    }
}
