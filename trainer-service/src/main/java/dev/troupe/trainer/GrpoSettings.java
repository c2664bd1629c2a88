package dev.troupe.trainer;

import dev.troupe.policy.AdamWOptions;
import dev.troupe.runtime.config.Settings;
import dev.troupe.trainer.grpo.EntropyOptions;
import dev.troupe.trainer.grpo.GrpoOptions;
import dev.troupe.trainer.grpo.ImportanceSamplingLevel;
import dev.troupe.trainer.grpo.KlEstimator;
import dev.troupe.trainer.grpo.LearningRateSchedule;
import dev.troupe.trainer.grpo.LossOptions;
import dev.troupe.trainer.grpo.LossType;
import dev.troupe.trainer.grpo.MultiObjectiveAggregation;
import dev.troupe.trainer.grpo.OverlongOptions;
import dev.troupe.trainer.grpo.Preset;
import dev.troupe.trainer.grpo.ReferenceSync;
import dev.troupe.trainer.grpo.RewardDeviation;
import dev.troupe.trainer.grpo.SamplingCorrection;
import dev.troupe.trainer.grpo.SamplingCorrection.Mode;
import dev.troupe.trainer.grpo.ScaleRewards;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Function;

/** Reads {@code grpo.*}; problems are left with the settings, to be reported together. */
public final class GrpoSettings {

    /** TRL's default is 1e-6, for models of billions of parameters; the reference policy has under a million. */
    private static final double DEFAULT_LEARNING_RATE = 3e-4;

    /** The cap of {@code cispo} where nothing is said; a clip range would be none. */
    private static final double CISPO_CAP = 5;

    private final Settings settings;
    private final Preset preset;

    private GrpoSettings(Settings settings) {
        this.settings = settings;
        this.preset = choice("grpo.preset", Preset.TRL, Preset::parse);
    }

    /** @param maxSteps of the training; 0 when it has no end */
    public static GrpoOptions read(Settings settings, int maxSteps) {
        return new GrpoSettings(settings).read(maxSteps);
    }

    /** @param beta of the loss; without it there is no reference to move */
    static ReferenceSync readReferenceSync(Settings settings, double beta) {
        ReferenceSync defaults = ReferenceSync.defaults();
        boolean sync = settings.flag("grpo.sync_ref_model", defaults.sync());
        if (sync && beta == 0) {
            settings.problem("grpo.sync_ref_model", "needs a grpo.beta above 0, or there is no reference to move");
        }
        return new ReferenceSync(
                sync,
                settings.decimal("grpo.ref_model_mixup_alpha", defaults.alpha(), 0, 1),
                settings.integer("grpo.ref_model_sync_steps", defaults.steps(), 1, Integer.MAX_VALUE));
    }

    private GrpoOptions read(int maxSteps) {
        double learningRate = settings.decimal("grpo.learning_rate", DEFAULT_LEARNING_RATE, 0, 10);
        LearningRateSchedule schedule =
                choice("grpo.lr_scheduler_type", LearningRateSchedule.CONSTANT, LearningRateSchedule::parse);
        if (schedule == LearningRateSchedule.LINEAR && maxSteps == 0) {
            settings.problem("grpo.lr_scheduler_type", "'linear' needs trainer.max.steps, to know where it ends");
        }
        LossOptions loss = loss();
        int maxCompletionLength = settings.integer("grpo.max_completion_length", 256, 1, 1 << 20);
        return new GrpoOptions(
                loss,
                choice(
                        "grpo.multi_objective_aggregation",
                        MultiObjectiveAggregation.SUM_THEN_NORMALIZE,
                        MultiObjectiveAggregation::parse),
                choice("grpo.scale_rewards", preset.scaleRewards(), ScaleRewards::parse),
                new RewardDeviation(
                        settings.integer("grpo.scale_rewards_ddof", 1, 0, 1),
                        settings.decimal("grpo.scale_rewards_epsilon", 1e-4, 1e-30, 1)),
                correction(loss.type()),
                new EntropyOptions(
                        settings.decimal("grpo.entropy_coef", 0, 0, 1_000),
                        settings.decimal("grpo.top_entropy_quantile", 1, 0.001, 1)),
                settings.integer("grpo.num_iterations", 1, 1, 100),
                settings.flag("grpo.mask_truncated_completions", false),
                maxCompletionLength,
                new OverlongOptions(
                        settings.integer("grpo.overlong_buffer_len", 0, 0, maxCompletionLength),
                        settings.decimal("grpo.overlong_penalty_factor", 1, 0, 1e6)),
                learningRate,
                schedule,
                optimizer(learningRate));
    }

    private LossOptions loss() {
        LossOptions defaults = preset.loss();
        LossType type = choice("grpo.loss_type", defaults.type(), LossType::parse);
        double epsilon = settings.decimal("grpo.epsilon", defaults.epsilon(), 0, 1_000);
        // The cap of cispo is no clip range.
        boolean ownRange = defaults.epsilonHigh() != defaults.epsilon() && defaults.type() != LossType.CISPO;
        double above = ownRange ? defaults.epsilonHigh() : epsilon;
        return new LossOptions(
                type,
                choice("grpo.importance_sampling_level", defaults.level(), ImportanceSamplingLevel::parse),
                epsilon,
                settings.decimal("grpo.epsilon_high", type == LossType.CISPO ? CISPO_CAP : above, 0, 1_000),
                optional("grpo.delta", 1.000001, 1_000),
                settings.decimal("grpo.beta", defaults.beta(), 0, 1_000),
                choice("grpo.kl_estimator", defaults.klEstimator(), KlEstimator::parse),
                settings.flag("grpo.use_bias_correction_kl", defaults.useBiasCorrectionKl()));
    }

    private SamplingCorrection correction(LossType type) {
        SamplingCorrection defaults = preset.correction();
        Mode mode = choice(
                "grpo.importance_sampling_mode",
                type == LossType.VESPO ? Mode.BEHAVIOUR : defaults.mode(),
                Mode::parse);
        if (type == LossType.VESPO && mode != Mode.BEHAVIOUR) {
            settings.problem(
                    "grpo.importance_sampling_mode",
                    "must be behaviour for loss_type vespo, which has the correction in its own ratio");
            mode = Mode.BEHAVIOUR;
        }
        double max = settings.decimal("grpo.importance_sampling_clip_max", defaults.clipMax(), 1e-6, 1e6);
        OptionalDouble min = optional("grpo.importance_sampling_clip_min", 0, 1e6);
        if (min.orElse(0) >= max) {
            settings.problem(
                    "grpo.importance_sampling_clip_min",
                    "%s is not below grpo.importance_sampling_clip_max %s".formatted(min.orElse(0), max));
            min = OptionalDouble.empty();
        }
        return new SamplingCorrection(mode, min, max, optional("grpo.off_policy_mask_threshold", 0, 1_000));
    }

    private AdamWOptions optimizer(double learningRate) {
        return new AdamWOptions(
                learningRate,
                settings.decimal("grpo.adam_beta1", 0.9, 0, 0.999999),
                settings.decimal("grpo.adam_beta2", 0.999, 0, 0.999999),
                settings.decimal("grpo.adam_epsilon", 1e-8, 1e-30, 1),
                settings.decimal("grpo.weight_decay", 0, 0, 10),
                settings.decimal("grpo.max_grad_norm", 1, 1e-12, Double.MAX_VALUE));
    }

    /** A number that may be left out. */
    private OptionalDouble optional(String key, double min, double max) {
        boolean absent = settings.text(key, "").isBlank();
        return absent ? OptionalDouble.empty() : OptionalDouble.of(settings.decimal(key, max, min, max));
    }

    private <T extends Enum<T>> T choice(String key, T defaultValue, Function<String, T> parse) {
        try {
            return parse.apply(settings.text(key, defaultValue.name().toLowerCase(Locale.ROOT))
                    .strip());
        } catch (IllegalArgumentException e) {
            settings.problem(key, "cannot be used: " + e.getMessage());
            return defaultValue;
        }
    }
}
