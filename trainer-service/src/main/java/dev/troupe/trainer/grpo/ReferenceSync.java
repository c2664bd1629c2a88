package dev.troupe.trainer.grpo;

/**
 * Whether the reference policy follows the one that is trained (TR-DPO, arXiv 2404.09656): every so many steps it
 * becomes {@code alpha * policy + (1 - alpha) * reference}. Names and defaults as in TRL's {@code GRPOConfig}.
 *
 * @param sync whether it follows at all
 * @param alpha share of the policy; TRL's {@code ref_model_mixup_alpha}
 * @param steps from one move to the next, counted in training steps; TRL's {@code ref_model_sync_steps}
 */
public record ReferenceSync(boolean sync, double alpha, int steps) {
    public ReferenceSync {
        if (!(alpha >= 0 && alpha <= 1)) {
            throw new IllegalArgumentException("ref_model_mixup_alpha must be from 0 to 1: " + alpha);
        }
        if (steps < 1) {
            throw new IllegalArgumentException("ref_model_sync_steps must be 1 or more: " + steps);
        }
    }

    /** TRL's defaults: the reference stays what training began with. */
    public static ReferenceSync defaults() {
        return new ReferenceSync(false, 0.6, 512);
    }

    /** Whether the reference moves after a step, counted from 1. */
    public boolean dueAfter(long step) {
        return sync && step % steps == 0;
    }
}
