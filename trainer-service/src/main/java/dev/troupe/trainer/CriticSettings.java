package dev.troupe.trainer;

import dev.troupe.policy.AdamWOptions;
import dev.troupe.runtime.config.Settings;
import dev.troupe.trainer.critic.CriticOptions;
import java.nio.file.Path;
import java.util.Optional;

/** Reads {@code trainer.critic*}; problems are left with the settings, to be reported together. */
final class CriticSettings {
    private static final String CRITIC = "trainer.critic";

    /** Some three times the policies' default: a critic that lags behind them is no baseline. */
    private static final double DEFAULT_LEARNING_RATE = 1e-3;

    private CriticSettings() {}

    static Optional<CriticOptions> read(Settings settings) {
        String kind = settings.text(CRITIC, "none").strip();
        String checkpoint = settings.text(CRITIC + ".checkpoint", "").strip();
        var options = new CriticOptions(
                checkpoint.isEmpty()
                        ? Optional.empty()
                        : Optional.of(settings.path(CRITIC + ".checkpoint", Path.of(""))),
                settings.decimal(CRITIC + ".gamma", 1, 0, 1),
                settings.integer(CRITIC + ".warmup_steps", 10, 0, Integer.MAX_VALUE),
                AdamWOptions.withLearningRate(
                        settings.decimal(CRITIC + ".learning_rate", DEFAULT_LEARNING_RATE, 0, 10)));
        return switch (kind) {
            case "none" -> Optional.empty();
            case "centralized" -> {
                refuse(settings, "grpo.joint_mode", "aligned", "a completion has a history of its own there alone");
                refuse(
                        settings,
                        "grpo.multi_objective_aggregation",
                        "sum_then_normalize",
                        "what the critic expects is the joint reward");
                yield Optional.of(options);
            }
            default -> {
                settings.problem(CRITIC, "must be one of none, centralized: '%s'".formatted(kind));
                yield Optional.empty();
            }
        };
    }

    /** What a critic does not go with. */
    private static void refuse(Settings settings, String key, String only, String reason) {
        if (!settings.text(key, only).strip().equals(only)) {
            settings.problem(CRITIC, "'centralized' goes with %s %s alone: %s".formatted(key, only, reason));
        }
    }
}
