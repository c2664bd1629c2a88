package dev.troupe.reward.judge;

import static java.util.Objects.requireNonNull;

import dev.troupe.reward.sandbox.SandboxKind;
import dev.troupe.reward.sandbox.SandboxOptions;
import dev.troupe.runtime.config.Settings;
import dev.troupe.runtime.kafka.QueueProtocol;
import java.time.Duration;
import java.util.Optional;

/**
 * How a service judges.
 *
 * @param workers judges side by side, each with a sandbox of its own
 * @param batch most steps a judge takes at a time
 * @param protocol how the judges share the steps
 * @param cache programs whose verdicts are remembered
 * @param timeout of one judgement, with all programs that it runs
 * @param sandbox bounds of each sandbox; empty where none is started and no program is run
 */
public record JudgeOptions(
        int workers, int batch, QueueProtocol protocol, int cache, Duration timeout, Optional<SandboxOptions> sandbox) {

    /** The setting that says how long a judgement may take. */
    static final String TIMEOUT = "judge.timeout";

    /** Half of {@code coordinator.judge.timeout}: the reason arrives before the coordinator has given up. */
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

    public JudgeOptions {
        requireNonNull(protocol, "protocol is null");
        requireNonNull(sandbox, "sandbox is null");
        if (!timeout.isPositive()) {
            throw new IllegalArgumentException("%s is not positive: %s".formatted(TIMEOUT, timeout));
        }
        if (workers < 1 || batch < 1 || cache < 1) {
            throw new IllegalArgumentException(
                    "workers, batch and cache are positive: %d, %d, %d".formatted(workers, batch, cache));
        }
    }

    /** Reads {@code judge.*}; problems are reported by {@link Settings#check()}. */
    public static JudgeOptions of(Settings settings) {
        return new JudgeOptions(
                settings.integer("judge.workers", 1, 1, 64),
                settings.integer("judge.batch", 8, 1, 1_000),
                QueueProtocol.of(settings),
                settings.integer("judge.cache", 4_096, 1, 1_000_000),
                timeout(settings),
                sandbox(settings));
    }

    private static Duration timeout(Settings settings) {
        Duration timeout = settings.duration(TIMEOUT, DEFAULT_TIMEOUT);
        if (timeout.isPositive()) {
            return timeout;
        }
        settings.problem(TIMEOUT, "must be longer than 0");
        return DEFAULT_TIMEOUT;
    }

    private static Optional<SandboxOptions> sandbox(Settings settings) {
        SandboxOptions bounds = SandboxSettings.of(settings);
        return switch (settings.text("judge.sandbox", "auto").strip()) {
            case "auto" -> Optional.of(bounds.with(SandboxKind.AUTO));
            case "bubblewrap" -> Optional.of(bounds.with(SandboxKind.BUBBLEWRAP));
            case "graalpy" -> Optional.of(bounds.with(SandboxKind.GRAALPY));
            case "off" -> Optional.empty();
            case String other -> {
                settings.problem("judge.sandbox", "'%s' is none of auto, bubblewrap, graalpy, off".formatted(other));
                yield Optional.of(bounds);
            }
        };
    }
}
