package dev.troupe.cli.settings;

import dev.troupe.runtime.config.Settings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of every command that talks to a cluster; mixed in. */
public final class SettingOptions {

    /** Of settings that the reward service reads, and a command that is given the same need not. */
    private static final List<String> REWARD = List.of("management.", "reward.", "queue.", "judge.");

    /** As {@link #REWARD}, of the trainer. */
    private static final List<String> TRAINER = List.of("management.", "trainer.");

    @Option(names = "--config", paramLabel = "FILE", description = "properties file")
    private @Nullable Path config;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "a setting, on top of file and environment")
    private Map<String, String> overrides = new HashMap<>();

    /** File, then {@code TROUPE_*} variables, then {@code --set}; the last one wins. */
    public Settings load() {
        return Settings.load(config, System.getenv(), overrides);
    }

    /**
     * As {@link #load()}, and the configuration of the reward service can be given as it is: its settings of no concern
     * here are not refused. A command that reads one of them still has it checked.
     */
    public Settings loadForReward() {
        return loadFor(REWARD);
    }

    /** As {@link #loadForReward()}, with the configuration of the trainer. */
    public Settings loadForTrainer() {
        return loadFor(TRAINER);
    }

    private Settings loadFor(List<String> prefixes) {
        Settings settings = load();
        prefixes.forEach(settings::prefixed);
        return settings;
    }
}
