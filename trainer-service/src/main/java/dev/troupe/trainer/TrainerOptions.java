package dev.troupe.trainer;

import static java.util.Objects.requireNonNull;

import dev.troupe.policy.AdamWOptions;
import dev.troupe.policy.PolicyOptions;
import dev.troupe.runtime.config.Settings;
import dev.troupe.trainer.grpo.GrpoOptions;
import dev.troupe.trainer.grpo.LearningRateSchedule;
import dev.troupe.trainer.grpo.LossType;
import dev.troupe.trainer.grpo.ScaleRewards;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/**
 * How the trainer runs.
 *
 * @param teams to train, one worker each
 * @param initialCheckpoint Hugging Face directory that policies without a version start from
 * @param artifacts root of the store that checkpoints are published in
 * @param groupsPerStep groups that one update consumes
 * @param maxSteps where training ends; 0 is never
 * @param keepVersions newest versions whose files stay; version 0 stays as well
 * @param microBatchTokens most tokens, padding included, in one forward pass
 * @param grpo how to optimise
 */
record TrainerOptions(
        List<Team> teams,
        Path initialCheckpoint,
        Path artifacts,
        int groupsPerStep,
        long maxSteps,
        int keepVersions,
        int microBatchTokens,
        GrpoOptions grpo,
        PolicyOptions compute) {

    /** TRL's default is 1e-6, for models of billions of parameters; the reference policy has under a million. */
    private static final double DEFAULT_LEARNING_RATE = 3e-4;

    TrainerOptions {
        teams = List.copyOf(teams);
        requireNonNull(initialCheckpoint, "initialCheckpoint is null");
        requireNonNull(artifacts, "artifacts is null");
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
                settings.path("trainer.initial.checkpoint", Path.of("checkpoints", "initial")),
                settings.path("artifacts.dir", Path.of("artifacts")),
                settings.integer("train.groups.per.step", 4, 1, 4096),
                maxSteps,
                settings.integer("trainer.keep.versions", 50, 1, Integer.MAX_VALUE),
                settings.integer("trainer.micro.batch.tokens", 4096, 1, 1 << 24),
                grpo(settings, maxSteps),
                compute(settings));
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

    private static GrpoOptions grpo(Settings settings, int maxSteps) {
        if (settings.decimal("grpo.beta", 0, 0, Double.MAX_VALUE) != 0) {
            settings.problem("grpo.beta", "is not 0: a KL term is not supported, and today's recipes use none");
        }
        double epsilon = settings.decimal("grpo.epsilon", 0.2, 0, 0.999);
        double learningRate = settings.decimal("grpo.learning_rate", DEFAULT_LEARNING_RATE, 0, 10);
        LearningRateSchedule schedule =
                choice(settings, "grpo.lr_scheduler_type", "constant", LearningRateSchedule::parse);
        if (schedule == LearningRateSchedule.LINEAR && maxSteps == 0) {
            settings.problem("grpo.lr_scheduler_type", "'linear' needs trainer.max.steps, to know where it ends");
        }
        return new GrpoOptions(
                choice(settings, "grpo.loss_type", "dapo", LossType::parse),
                choice(settings, "grpo.scale_rewards", "group", ScaleRewards::parse),
                epsilon,
                settings.decimal("grpo.epsilon_high", epsilon, 0, 1000),
                settings.integer("grpo.num_iterations", 1, 1, 100),
                settings.flag("grpo.mask_truncated_completions", false),
                settings.integer("grpo.max_completion_length", 256, 1, 1 << 20),
                learningRate,
                schedule,
                new AdamWOptions(
                        learningRate,
                        settings.decimal("grpo.adam_beta1", 0.9, 0, 0.999999),
                        settings.decimal("grpo.adam_beta2", 0.999, 0, 0.999999),
                        settings.decimal("grpo.adam_epsilon", 1e-8, 1e-30, 1),
                        settings.decimal("grpo.weight_decay", 0, 0, 10),
                        settings.decimal("grpo.max_grad_norm", 1, 1e-12, Double.MAX_VALUE)));
    }

    private static <T> T choice(Settings settings, String key, String defaultValue, Function<String, T> parse) {
        try {
            return parse.apply(settings.text(key, defaultValue).strip());
        } catch (IllegalArgumentException e) {
            settings.problem(key, "cannot be used: " + e.getMessage());
            return parse.apply(defaultValue);
        }
    }
}
