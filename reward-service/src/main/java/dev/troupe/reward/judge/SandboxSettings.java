package dev.troupe.reward.judge;

import dev.troupe.reward.sandbox.Bounds;
import dev.troupe.reward.sandbox.SandboxOptions;
import dev.troupe.runtime.config.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** Reads {@code judge.sandbox.*}. */
final class SandboxSettings {

    private static final Path NONE = Path.of("");

    private SandboxSettings() {}

    static SandboxOptions of(Settings settings) {
        SandboxOptions defaults = SandboxOptions.defaults();
        Duration deadline = settings.duration("judge.sandbox.deadline", defaults.deadline());
        Duration startup = settings.duration("judge.sandbox.startup", defaults.startup());
        long heap = settings.size("judge.sandbox.heap", defaults.heapBytes());
        Bounds bounds = bounds(settings, deadline);
        Optional<Path> python = path(settings, "judge.sandbox.python");
        Optional<Path> cgroup = path(settings, "judge.sandbox.cgroup");
        return checked(
                settings,
                "judge.sandbox.deadline, judge.sandbox.heap or judge.sandbox.startup",
                () -> new SandboxOptions(defaults.kind(), deadline, startup, heap, bounds, python, cgroup),
                defaults);
    }

    private static Bounds bounds(Settings settings, Duration deadline) {
        Bounds defaults = Bounds.defaults();
        // A second more, so that a program which only computes is stopped by the clock, always.
        Duration cpu = settings.duration("judge.sandbox.cpu", deadline.plusSeconds(1));
        long memory = settings.size("judge.sandbox.memory", defaults.memoryBytes());
        int processes = settings.integer("judge.sandbox.processes", defaults.processes(), 1, 4_096);
        long output = settings.size("judge.sandbox.output", defaults.outputBytes());
        long disk = settings.size("judge.sandbox.disk", defaults.diskBytes());
        return checked(
                settings,
                "judge.sandbox.cpu, judge.sandbox.memory, judge.sandbox.output or judge.sandbox.disk",
                () -> new Bounds(cpu, memory, processes, output, disk),
                defaults);
    }

    private static Optional<Path> path(Settings settings, String key) {
        return Optional.of(settings.path(key, NONE)).filter(path -> !path.equals(NONE));
    }

    private static <T> T checked(Settings settings, String keys, Supplier<T> value, T instead) {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            settings.problem(keys, "cannot be used: " + e.getMessage());
            return instead;
        }
    }
}
