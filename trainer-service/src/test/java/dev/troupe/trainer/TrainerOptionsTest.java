package dev.troupe.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.policy.AdamWOptions;
import dev.troupe.policy.PolicyOptions;
import dev.troupe.runtime.config.ConfigException;
import dev.troupe.runtime.config.Settings;
import dev.troupe.trainer.checkpoint.Retention;
import dev.troupe.trainer.critic.CriticOptions;
import dev.troupe.trainer.grpo.EntropyOptions;
import dev.troupe.trainer.grpo.ImportanceSamplingLevel;
import dev.troupe.trainer.grpo.JointMode;
import dev.troupe.trainer.grpo.KlEstimator;
import dev.troupe.trainer.grpo.LearningRateSchedule;
import dev.troupe.trainer.grpo.LossOptions;
import dev.troupe.trainer.grpo.LossType;
import dev.troupe.trainer.grpo.MultiObjectiveAggregation;
import dev.troupe.trainer.grpo.OverlongOptions;
import dev.troupe.trainer.grpo.ReferenceSync;
import dev.troupe.trainer.grpo.RewardDeviation;
import dev.troupe.trainer.grpo.SamplingCorrection;
import dev.troupe.trainer.grpo.ScaleRewards;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainerOptionsTest {
    @Test
    void hasTrlsDefaults() {
        TrainerOptions options = TrainerOptions.read(Settings.of(Map.of()));
        assertThat(options.teams()).containsExactly(new Team("team", List.of("team")));
        assertThat(options.groupsPerStep()).isEqualTo(4);
        assertThat(options.maxSteps()).isZero();
        assertThat(options.retention()).isEqualTo(new Retention(50, Duration.ofDays(1), Duration.ofHours(1)));
        assertThat(options.referenceSync()).isEqualTo(new ReferenceSync(false, 0.6, 512));
        assertThat(options.acceptOffsetReset()).isFalse();
        assertThat(options.artifactTimeout()).isEqualTo(Duration.ofMinutes(5));
        assertThat(options.skipGradNorm()).isInfinite();
        assertThat(options.loggedCompletions()).isEqualTo(4);
        assertThat(options.grpo().loss().type()).isEqualTo(LossType.DAPO);
        assertThat(options.grpo().aggregation()).isEqualTo(MultiObjectiveAggregation.SUM_THEN_NORMALIZE);
        assertThat(options.grpo().scaleRewards()).isEqualTo(ScaleRewards.GROUP);
        assertThat(options.grpo().loss().epsilonHigh()).isEqualTo(0.2);
        assertThat(options.grpo().deviation()).isEqualTo(new RewardDeviation(1, 1e-4));
        assertThat(options.grpo().overlong().used()).isFalse();
        assertThat(options.grpo().correction()).isEqualTo(SamplingCorrection.defaults());
        assertThat(options.grpo().optimizer().maxGradNorm()).isEqualTo(1);
    }

    @Test
    void mapsEveryKey() {
        var values = new TreeMap<String, String>();
        values.put("trainer.teams", "red, blue");
        values.put("team.red.policy.helper", "r-helper");
        values.put("team.red.policy.main", "r-main");
        values.put("team.blue.policy", "shared");
        values.put("trainer.initial.checkpoint", "start");
        values.put("trainer.initial.checkpoint.r-main", "larger");
        values.put("grpo.joint_mode", "cross");
        values.put("artifacts.dir", "store");
        values.put("train.groups.per.step", "8");
        values.put("trainer.max.steps", "100");
        values.put("trainer.keep.versions", "5");
        values.put("trainer.keep.served", "12h");
        values.put("trainer.keep.pinned", "20m");
        values.put("trainer.micro.batch.tokens", "512");
        values.put("trainer.skip.grad.norm", "50");
        values.put("trainer.log.completions", "2");
        values.put("trainer.backend", "torchscript");
        values.put("trainer.precision", "bfloat16");
        values.put("trainer.device", "cuda:1");
        values.put("trainer.gradient_checkpointing", "true");
        values.put("grpo.preset", "dapo");
        values.put("trainer.accept.offset.reset", "true");
        values.put("trainer.artifact.timeout", "30s");
        values.put("grpo.beta", "0.04");
        values.put("grpo.sync_ref_model", "true");
        values.put("grpo.ref_model_mixup_alpha", "0.5");
        values.put("grpo.ref_model_sync_steps", "64");
        values.put("grpo.kl_estimator", "k2");
        values.put("grpo.use_bias_correction_kl", "false");
        values.put("grpo.importance_sampling_level", "sequence");
        values.put("grpo.delta", "4");
        values.put("grpo.entropy_coef", "0.01");
        values.put("grpo.top_entropy_quantile", "0.2");
        values.put("grpo.importance_sampling_mode", "token_truncate");
        values.put("grpo.importance_sampling_clip_min", "0.5");
        values.put("grpo.importance_sampling_clip_max", "2");
        values.put("grpo.loss_type", "dr_grpo");
        values.put("grpo.multi_objective_aggregation", "normalize_then_sum");
        values.put("grpo.scale_rewards", "none");
        values.put("grpo.scale_rewards_ddof", "0");
        values.put("grpo.scale_rewards_epsilon", "1e-8");
        values.put("grpo.overlong_buffer_len", "16");
        values.put("grpo.overlong_penalty_factor", "0.5");
        values.put("grpo.off_policy_mask_threshold", "0.4");
        values.put("grpo.epsilon", "0.1");
        values.put("grpo.epsilon_high", "0.28");
        values.put("grpo.num_iterations", "2");
        values.put("grpo.mask_truncated_completions", "true");
        values.put("grpo.max_completion_length", "64");
        values.put("grpo.learning_rate", "1e-3");
        values.put("grpo.lr_scheduler_type", "linear");
        values.put("grpo.adam_beta1", "0.8");
        values.put("grpo.adam_beta2", "0.95");
        values.put("grpo.adam_epsilon", "1e-6");
        values.put("grpo.weight_decay", "0.01");
        values.put("grpo.max_grad_norm", "0.5");
        Settings settings = Settings.of(values);
        TrainerOptions options = TrainerOptions.read(settings);
        settings.check();
        assertThat(options.teams())
                .containsExactly(new Team("red", List.of("r-helper", "r-main")), new Team("blue", List.of("shared")));
        assertThat(options.initialCheckpoint()).isEqualTo(Path.of("start"));
        assertThat(options.initialCheckpoint("r-helper")).isEqualTo(Path.of("start"));
        assertThat(options.initialCheckpoint("r-main")).isEqualTo(Path.of("larger"));
        assertThat(options.jointMode()).isEqualTo(JointMode.CROSS);
        assertThat(options.artifacts().directory()).isEqualTo(Path.of("store"));
        assertThat(options.groupsPerStep()).isEqualTo(8);
        assertThat(options.maxSteps()).isEqualTo(100);
        assertThat(options.retention()).isEqualTo(new Retention(5, Duration.ofHours(12), Duration.ofMinutes(20)));
        assertThat(options.microBatchTokens()).isEqualTo(512);
        assertThat(options.skipGradNorm()).isEqualTo(50);
        assertThat(options.loggedCompletions()).isEqualTo(2);
        assertThat(options.compute()).isEqualTo(PolicyOptions.parse("torchscript", "bfloat16", "cuda:1", true));
        assertThat(options.referenceSync()).isEqualTo(new ReferenceSync(true, 0.5, 64));
        assertThat(options.acceptOffsetReset()).isTrue();
        assertThat(options.artifactTimeout()).isEqualTo(Duration.ofSeconds(30));
        var grpo = options.grpo();
        assertThat(grpo.loss().type()).isEqualTo(LossType.DR_GRPO);
        assertThat(grpo.loss())
                .isEqualTo(new LossOptions(
                        LossType.DR_GRPO,
                        ImportanceSamplingLevel.SEQUENCE,
                        0.1,
                        0.28,
                        OptionalDouble.of(4),
                        0.04,
                        KlEstimator.K2,
                        false));
        assertThat(grpo.correction())
                .isEqualTo(new SamplingCorrection(
                        SamplingCorrection.Mode.TOKEN_TRUNCATE, OptionalDouble.of(0.5), 2, OptionalDouble.of(0.4)));
        assertThat(grpo.deviation()).isEqualTo(new RewardDeviation(0, 1e-8));
        assertThat(grpo.overlong()).isEqualTo(new OverlongOptions(16, 0.5));
        assertThat(grpo.entropy()).isEqualTo(new EntropyOptions(0.01, 0.2));
        assertThat(grpo.aggregation()).isEqualTo(MultiObjectiveAggregation.NORMALIZE_THEN_SUM);
        assertThat(grpo.scaleRewards()).isEqualTo(ScaleRewards.NONE);
        assertThat(grpo.loss().epsilon()).isEqualTo(0.1);
        assertThat(grpo.loss().epsilonHigh()).isEqualTo(0.28);
        assertThat(grpo.numIterations()).isEqualTo(2);
        assertThat(grpo.maskTruncatedCompletions()).isTrue();
        assertThat(grpo.maxCompletionLength()).isEqualTo(64);
        assertThat(grpo.schedule()).isEqualTo(LearningRateSchedule.LINEAR);
        assertThat(grpo.optimizerAt(1, 100).learningRate()).isEqualTo(1e-3);
        assertThat(grpo.optimizerAt(51, 100).learningRate()).isEqualTo(5e-4);
        assertThat(grpo.optimizer().beta1()).isEqualTo(0.8);
        assertThat(grpo.optimizer().beta2()).isEqualTo(0.95);
        assertThat(grpo.optimizer().epsilon()).isEqualTo(1e-6);
        assertThat(grpo.optimizer().weightDecay()).isEqualTo(0.01);
        assertThat(grpo.optimizer().maxGradNorm()).isEqualTo(0.5);
    }

    @Test
    void aPolicyOfFrozenRolesAloneDoesNotLearn() {
        Settings settings = Settings.of(Map.of(
                "trainer.teams", "red, blue",
                "team.red.policy.helper", "h",
                "team.red.policy.main", "m",
                "trainer.frozen.roles", "red/helper"));
        TrainerOptions options = TrainerOptions.read(settings);
        settings.check();
        assertThat(options.teams())
                .containsExactly(
                        new Team("red", List.of("h", "m"), Set.of("helper"), List.of("m")),
                        new Team("blue", List.of("blue")));
    }

    @Test
    void aCriticIsSetApart() {
        assertThat(TrainerOptions.read(Settings.of(Map.of())).critic()).isEmpty();
        Settings settings = Settings.of(Map.of(
                "trainer.critic", "centralized",
                "trainer.critic.checkpoint", "values",
                "trainer.critic.gamma", "0.9",
                "trainer.critic.warmup_steps", "3",
                "trainer.critic.learning_rate", "1e-2"));
        TrainerOptions options = TrainerOptions.read(settings);
        settings.check();
        assertThat(options.critic())
                .contains(
                        new CriticOptions(Optional.of(Path.of("values")), 0.9, 3, AdamWOptions.withLearningRate(1e-2)));
    }

    @Test
    void refusesWhatACriticDoesNotGoWith() {
        Settings settings = Settings.of(Map.of("trainer.critic", "centralized", "grpo.joint_mode", "cross"));
        TrainerOptions.read(settings);
        assertThatThrownBy(settings::check)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("'centralized' goes with grpo.joint_mode aligned alone");
        Settings other = Settings.of(Map.of("trainer.critic", "per_agent"));
        TrainerOptions.read(other);
        assertThatThrownBy(other::check).hasMessageContaining("none, centralized: 'per_agent'");
    }

    @Test
    void refusesATeamOfWhichNothingWouldLearn() {
        Settings settings = Settings.of(Map.of("team.team.policy.main", "m", "trainer.frozen.roles", "main"));
        TrainerOptions.read(settings);
        assertThatThrownBy(settings::check)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("trainer.frozen.roles")
                .hasMessageContaining("every role of team team");
    }

    @ParameterizedTest
    @CsvSource({
        "trl, DAPO, TOKEN, 0.2, 0.2, GROUP, SEQUENCE_MASK",
        "magrpo, REINFORCE, TOKEN, 0.2, 0.2, NONE, NONE",
        "rloo, REINFORCE, TOKEN, 0.2, 0.2, RLOO, NONE",
        "dapo, DAPO, TOKEN, 0.2, 0.28, GROUP, SEQUENCE_MASK",
        "dr_grpo, DR_GRPO, TOKEN, 0.2, 0.2, NONE, SEQUENCE_MASK",
        "gspo, GRPO, SEQUENCE, 0.0003, 0.0004, GROUP, SEQUENCE_MASK",
        "cispo, CISPO, TOKEN, 0.2, 5, GROUP, SEQUENCE_MASK",
        "deepseek_r1, GRPO, TOKEN, 10, 10, GROUP, SEQUENCE_MASK",
        "magistral, DAPO, TOKEN, 0.2, 0.28, BATCH, SEQUENCE_MASK",
        "pipeline_rl, REINFORCE, TOKEN, 0.2, 0.2, RLOO, TOKEN_TRUNCATE",
        "sapo, SAPO, TOKEN, 0.2, 0.2, GROUP, SEQUENCE_MASK",
        "luspo, LUSPO, SEQUENCE, 0.002, 0.0025, GROUP, SEQUENCE_MASK",
        "vespo, VESPO, TOKEN, 0.2, 0.2, GROUP, BEHAVIOUR"
    })
    void presetsAreWhatIsNotSaid(
            String preset,
            LossType type,
            ImportanceSamplingLevel level,
            double epsilon,
            double epsilonHigh,
            ScaleRewards scale,
            SamplingCorrection.Mode mode) {
        Settings settings = Settings.of(Map.of("grpo.preset", preset));
        var grpo = TrainerOptions.read(settings).grpo();
        settings.check();
        assertThat(grpo.loss().type()).isEqualTo(type);
        assertThat(grpo.loss().level()).isEqualTo(level);
        assertThat(grpo.loss().epsilon()).isEqualTo(epsilon);
        assertThat(grpo.loss().epsilonHigh()).isEqualTo(epsilonHigh);
        assertThat(grpo.scaleRewards()).isEqualTo(scale);
        assertThat(grpo.correction().mode()).isEqualTo(mode);
    }

    @Test
    void theRecipeOfDeepSeekR1HoldsOnToTheReference() {
        LossOptions loss = TrainerOptions.read(Settings.of(Map.of("grpo.preset", "deepseek_r1")))
                .grpo()
                .loss();
        assertThat(loss.beta()).isEqualTo(0.001);
        assertThat(loss.useBiasCorrectionKl()).isFalse();
    }

    @Test
    void whatIsSaidBeatsThePreset() {
        Settings settings = Settings.of(Map.of("grpo.preset", "gspo", "grpo.epsilon_high", "0.5"));
        assertThat(TrainerOptions.read(settings).grpo().loss().epsilonHigh()).isEqualTo(0.5);
    }

    @Test
    void theCapOfCispoIsNoClipRange() {
        Settings settings = Settings.of(Map.of("grpo.preset", "cispo", "grpo.loss_type", "dapo"));
        assertThat(TrainerOptions.read(settings).grpo().loss().epsilonHigh()).isEqualTo(0.2);
    }

    @Test
    void aReferenceThatIsNotThereCannotMove() {
        Settings settings = Settings.of(Map.of("grpo.sync_ref_model", "true"));
        TrainerOptions.read(settings);
        assertThatThrownBy(settings::check)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("grpo.sync_ref_model")
                .hasMessageContaining("grpo.beta");
    }

    @Test
    void reportsAllProblemsTogether() {
        var values = new TreeMap<>(Map.of(
                "trainer.initial.checkpoint.elsewhere", "x",
                "grpo.joint_mode", "crossed",
                "grpo.beta", "-1",
                "grpo.preset", "ppo",
                "grpo.importance_sampling_clip_min", "5",
                "grpo.loss_type", "ppo",
                "grpo.multi_objective_aggregation", "gdpo",
                "grpo.lr_scheduler_type", "linear",
                "trainer.keep.versions", "0"));
        values.put("grpo.scale_rewards_ddof", "2");
        values.put("grpo.scale_rewards_epsilon", "0");
        values.put("grpo.max_completion_length", "64");
        values.put("grpo.overlong_buffer_len", "65");
        values.put("grpo.off_policy_mask_threshold", "-1");
        Settings settings = Settings.of(values);
        TrainerOptions.read(settings);
        assertThatThrownBy(settings::check)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("trainer.initial.checkpoint.elsewhere names no policy of trainer.teams")
                .hasMessageContaining("joint_mode must be one of aligned, cross: 'crossed'")
                .hasMessageContaining("grpo.beta")
                .hasMessageContaining("trl, grpo, magrpo")
                .hasMessageContaining("grpo.scale_rewards_ddof")
                .hasMessageContaining("grpo.scale_rewards_epsilon")
                .hasMessageContaining("grpo.overlong_buffer_len")
                .hasMessageContaining("grpo.off_policy_mask_threshold")
                .hasMessageContaining("grpo.importance_sampling_clip_min")
                .hasMessageContaining("grpo, dr_grpo, dapo, bnpo")
                .hasMessageContaining("sum_then_normalize, normalize_then_sum")
                .hasMessageContaining("trainer.max.steps")
                .hasMessageContaining("trainer.keep.versions");
    }
}
