package dev.troupe.trainer;

import static java.util.Objects.requireNonNull;

import dev.troupe.policy.PolicyOptions;
import dev.troupe.runtime.artifact.ArtifactOptions;
import dev.troupe.runtime.config.Settings;
import dev.troupe.trainer.checkpoint.Retention;
import dev.troupe.trainer.critic.CriticOptions;
import dev.troupe.trainer.grpo.GrpoOptions;
import dev.troupe.trainer.grpo.JointMode;
import dev.troupe.trainer.grpo.ReferenceSync;
import java.nio.file.Path;
import java.time.Duration;
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
 * @param artifacts where checkpoints are published
 * @param groupsPerStep groups that one update consumes
 * @param maxSteps where training ends; 0 is never
 * @param retention which versions keep their files
 * @param microBatchTokens most tokens, padding included, in one forward pass
 * @param skipGradNorm a step with a gradient of a larger norm is not taken
 * @param loggedCompletions completions that each training step shows
 * @param jointMode whether episodes of a group may share completions
 * @param critic that is the baseline in place of the group, where there is one
 * @param grpo how to optimise
 * @param referenceSync whether what beta holds on to follows the policy
 * @param compute how policies compute
 * @param artifactTimeout how long a newest version that is not in the store is waited for
 * @param acceptOffsetReset whether offsets of the consumer group that contradict the checkpoint are followed
 */
record TrainerOptions(
        List<Team> teams,
        Path initialCheckpoint,
        Map<String, Path> initialCheckpoints,
        ArtifactOptions artifacts,
        int groupsPerStep,
        long maxSteps,
        Retention retention,
        int microBatchTokens,
        double skipGradNorm,
        int loggedCompletions,
        JointMode jointMode,
        Optional<CriticOptions> critic,
        GrpoOptions grpo,
        ReferenceSync referenceSync,
        PolicyOptions compute,
        Duration artifactTimeout,
        boolean acceptOffsetReset) {

    /** A step must stay a small record: their texts are at most 2,000 characters each. */
    private static final int MAX_LOGGED_COMPLETIONS = 64;

    private static final String INITIAL = "trainer.initial.checkpoint";

    TrainerOptions {
        teams = List.copyOf(teams);
        requireNonNull(initialCheckpoint, "initialCheckpoint is null");
        initialCheckpoints = Map.copyOf(initialCheckpoints);
        requireNonNull(artifacts, "artifacts is null");
        requireNonNull(retention, "retention is null");
        requireNonNull(artifactTimeout, "artifactTimeout is null");
        requireNonNull(jointMode, "jointMode is null");
        requireNonNull(critic, "critic is null");
        requireNonNull(grpo, "grpo is null");
        requireNonNull(referenceSync, "referenceSync is null");
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
        GrpoOptions grpo = GrpoSettings.read(settings, maxSteps);
        return new TrainerOptions(
                teams,
                settings.path(INITIAL, Path.of("checkpoints", "initial")),
                initialCheckpoints(settings, teams),
                ArtifactOptions.read(settings),
                settings.integer("train.groups.per.step", 4, 1, 4096),
                maxSteps,
                new Retention(
                        settings.integer("trainer.keep.versions", 50, 1, Integer.MAX_VALUE),
                        settings.duration("trainer.keep.served", Duration.ofDays(1)),
                        settings.duration("trainer.keep.pinned", Duration.ofHours(1))),
                settings.integer("trainer.micro.batch.tokens", 4096, 1, 1 << 24),
                skipGradNorm(settings),
                settings.integer("trainer.log.completions", 4, 0, MAX_LOGGED_COMPLETIONS),
                jointMode(settings),
                CriticSettings.read(settings),
                grpo,
                GrpoSettings.readReferenceSync(settings, grpo.loss().beta()),
                compute(settings),
                settings.duration("trainer.artifact.timeout", Duration.ofMinutes(5)),
                settings.flag("trainer.accept.offset.reset", false));
    }

    /** Off by default: {@code grpo.max_grad_norm} bounds what one step can do. */
    private static double skipGradNorm(Settings settings) {
        return settings.text("trainer.skip.grad.norm", "").isBlank()
                ? Double.POSITIVE_INFINITY
                : settings.decimal("trainer.skip.grad.norm", Double.MAX_VALUE, 1e-12, Double.MAX_VALUE);
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
