package dev.troupe.trainer.grpo;

import java.util.OptionalDouble;

/** Published recipes: what the settings are where nobody says otherwise. */
public enum Preset {
    /** The defaults of TRL 1.13. */
    TRL(LossOptions.defaults(), ScaleRewards.GROUP, SamplingCorrection.defaults()),
    /** arXiv 2402.03300: the mean of each sequence, without a reference policy. */
    GRPO(LossOptions.defaults().withType(LossType.GRPO), ScaleRewards.GROUP, SamplingCorrection.defaults()),
    /** arXiv 2508.04652, section 3.2: centred rewards, no ratio, no clip, the sum over tokens. */
    MAGRPO(
            LossOptions.defaults().withType(LossType.REINFORCE),
            ScaleRewards.NONE,
            new SamplingCorrection(SamplingCorrection.Mode.NONE, OptionalDouble.empty(), 3)),
    /** arXiv 2402.14740: as MAGRPO, and the mean of the others is the baseline of each. */
    RLOO(
            LossOptions.defaults().withType(LossType.REINFORCE),
            ScaleRewards.RLOO,
            new SamplingCorrection(SamplingCorrection.Mode.NONE, OptionalDouble.empty(), 3)),
    /** arXiv 2503.14476: clip-higher and token means; groups of equal rewards are left out in any case. */
    DAPO(
            clip(LossType.DAPO, ImportanceSamplingLevel.TOKEN, 0.2, 0.28),
            ScaleRewards.GROUP,
            SamplingCorrection.defaults()),
    /** arXiv 2503.20783: neither lengths nor deviations divide. */
    DR_GRPO(LossOptions.defaults().withType(LossType.DR_GRPO), ScaleRewards.NONE, SamplingCorrection.defaults()),
    /** arXiv 2507.18071, section 5.1: one ratio for a sequence. */
    GSPO(
            clip(LossType.GRPO, ImportanceSamplingLevel.SEQUENCE, 3e-4, 4e-4),
            ScaleRewards.GROUP,
            SamplingCorrection.defaults()),
    /** arXiv 2506.13585, with the cap of ScaleRL (arXiv 2510.13786). */
    CISPO(
            clip(LossType.CISPO, ImportanceSamplingLevel.TOKEN, 0.2, 5),
            ScaleRewards.GROUP,
            SamplingCorrection.defaults()),
    /** Nature 645, 633 (2025), "DeepSeek-R1", methods: a clip that hardly ever holds, and a divergence of 0.001. */
    DEEPSEEK_R1(
            new LossOptions(
                    LossType.GRPO,
                    ImportanceSamplingLevel.TOKEN,
                    10,
                    10,
                    OptionalDouble.empty(),
                    0.001,
                    KlEstimator.K3,
                    false),
            ScaleRewards.GROUP,
            SamplingCorrection.defaults()),
    /**
     * arXiv 2506.10910, section 2.1: clip-higher, the mean over all tokens, centred by group and scaled by batch. The
     * batch's deviation is that of its rewards, as TRL has it, where the paper takes that of its advantages.
     */
    MAGISTRAL(
            clip(LossType.DAPO, ImportanceSamplingLevel.TOKEN, 0.2, 0.28),
            ScaleRewards.BATCH,
            SamplingCorrection.defaults()),
    /** arXiv 2509.19128: no clip, the mean of the others as baseline, each token's weight for its age at most 5. */
    PIPELINE_RL(
            LossOptions.defaults().withType(LossType.REINFORCE),
            ScaleRewards.RLOO,
            new SamplingCorrection(SamplingCorrection.Mode.TOKEN_TRUNCATE, OptionalDouble.empty(), 5)),
    /** arXiv 2511.20347: a soft gate in the place of the clip. */
    SAPO(LossOptions.defaults().withType(LossType.SAPO), ScaleRewards.GROUP, SamplingCorrection.defaults()),
    /** arXiv 2602.05261, section 5.1: one ratio for a sequence, which counts by its length. */
    LUSPO(
            clip(LossType.LUSPO, ImportanceSamplingLevel.SEQUENCE, 2e-3, 2.5e-3),
            ScaleRewards.GROUP,
            SamplingCorrection.defaults()),
    /** arXiv 2602.10693: the ratio of a sequence against who drew it, shaped smoothly. */
    VESPO(
            LossOptions.defaults().withType(LossType.VESPO),
            ScaleRewards.GROUP,
            new SamplingCorrection(SamplingCorrection.Mode.BEHAVIOUR, OptionalDouble.empty(), 3));

    private final LossOptions loss;
    private final ScaleRewards scaleRewards;
    private final SamplingCorrection correction;

    Preset(LossOptions loss, ScaleRewards scaleRewards, SamplingCorrection correction) {
        this.loss = loss;
        this.scaleRewards = scaleRewards;
        this.correction = correction;
    }

    private static LossOptions clip(LossType type, ImportanceSamplingLevel level, double epsilon, double epsilonHigh) {
        return new LossOptions(type, level, epsilon, epsilonHigh, OptionalDouble.empty(), 0, KlEstimator.K3, true);
    }

    public LossOptions loss() {
        return loss;
    }

    public ScaleRewards scaleRewards() {
        return scaleRewards;
    }

    public SamplingCorrection correction() {
        return correction;
    }

    /** @throws IllegalArgumentException naming the value and the accepted ones */
    public static Preset parse(String name) {
        return OptionNames.parse("preset", Preset.class, name);
    }
}
