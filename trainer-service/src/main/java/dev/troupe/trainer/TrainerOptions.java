package dev.troupe.trainer;

import static java.util.Objects.requireNonNull;

import dev.troupe.policy.PolicyOptions;
import dev.troupe.runtime.config.Settings;
import dev.troupe.trainer.critic.CriticOptions;
import dev.troupe.trainer.grpo.GrpoOptions;
import dev.troupe.trainer.grpo.JointMode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * How the trainer runs.
 *
 * @param teams to train, one worker each
 * @param initialCheckpoint Hugging Face directory that policies without a version start from
 * @param initialCheckpoints of policies that start from another one, by policyId
 * @param artifacts root of the store that checkpoints are published in
 * @param groupsPerStep groups that one update consumes
 * @param maxSteps where training ends; 0 is never
 * @param keepVersions newest versions whose files stay; version 0 stays as well
 * @param microBatchTokens most tokens, padding included, in one forward pass
 * @param jointMode whether episodes of a group may share completions
 * @param critic that is the baseline in place of the group, where there is one
 * @param grpo how to optimise
 */
record TrainerOptions(
        List<Team> teams,
        Path initialCheckpoint,
        Map<String, Path> initialCheckpoints,
        Path artifacts,
        int groupsPerStep,
        long maxSteps,
        int keepVersions,
        int microBatchTokens,
        JointMode jointMode,
        Optional<CriticOptions> critic,
        GrpoOptions grpo,
        PolicyOptions compute) {

    private static final String INITIAL = "trainer.initial.checkpoint";

    TrainerOptions {
        teams = List.copyOf(teams);
        requireNonNull(initialCheckpoint, "initialCheckpoint is null");
        initialCheckpoints = Map.copyOf(initialCheckpoints);
        requireNonNull(artifacts, "artifacts is null");
        requireNonNull(jointMode, "jointMode is null");
        requireNonNull(critic, "critic is null");
        requireNonNull(grpo, "grpo is null");
        requireNonNull(compute, "compute is null");
    }

    /** Reads everything; problems are left with the settings, to be reported together. */
    static TrainerOptions read(Settings settings) {
        List<Team> teams = settings.list("trainer.teams", List.of("team")).stream()
                .map(team -> Team.read(settings, team))
                .toList();
        if (teams.isEmpty()) {
            settings.problem("trainer.teams", "names no team");
        }
        int maxSteps = settings.integer("trainer.max.steps", 0, 0, Integer.MAX_VALUE);
        return new TrainerOptions(
                teams,
                settings.path(INITIAL, Path.of("checkpoints", "initial")),
                initialCheckpoints(settings, teams),
                settings.path("artifacts.dir", Path.of("artifacts")),
                settings.integer("train.groups.per.step", 4, 1, 4096),
                maxSteps,
                settings.integer("trainer.keep.versions", 50, 1, Integer.MAX_VALUE),
                settings.integer("trainer.micro.batch.tokens", 4096, 1, 1 << 24),
                jointMode(settings),
                CriticSettings.read(settings),
                GrpoSettings.read(settings, maxSteps),
                compute(settings));
    }

    /** The Hugging Face directory that a policy without a version starts from. */
    Path initialCheckpoint(String policyId) {
        return initialCheckpoints.getOrDefault(policyId, initialCheckpoint);
    }

    private static Map<String, Path> initialCheckpoints(Settings settings, List<Team> teams) {
        Set<String> known =
                teams.stream().flatMap(team -> team.policyIds().stream()).collect(Collectors.toSet());
        var checkpoints = new TreeMap<String, Path>();
        for (String policyId : settings.prefixed(INITIAL + ".").keySet()) {
            String key = INITIAL + "." + policyId;
            if (known.contains(policyId)) {
                checkpoints.put(policyId, settings.path(key, Path.of("")));
            } else {
                settings.problem(key, "names no policy of trainer.teams, which have " + new TreeSet<>(known));
            }
        }
        return checkpoints;
    }

    private static JointMode jointMode(Settings settings) {
        try {
            return JointMode.parse(settings.text("grpo.joint_mode", "aligned").strip());
        } catch (IllegalArgumentException e) {
            settings.problem("grpo.joint_mode", "cannot be used: " + e.getMessage());
            return JointMode.ALIGNED;
        }
    }

    private static PolicyOptions compute(Settings settings) {
        try {
            return PolicyOptions.parse(
                    settings.text("trainer.backend", "ndarray").strip(),
                    settings.text("trainer.precision", "float32").strip(),
                    settings.text("trainer.device", "cpu").strip(),
                    settings.flag("trainer.gradient_checkpointing", false));
        } catch (IllegalArgumentException e) {
            settings.problem(
                    "trainer.backend, trainer.precision or trainer.device", "cannot be used: " + e.getMessage());
            return PolicyOptions.DEFAULT;
        }
    }
}
