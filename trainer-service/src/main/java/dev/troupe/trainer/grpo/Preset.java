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
            SamplingCorrection.defaults());

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
