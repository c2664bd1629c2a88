package dev.troupe.cli.demo;

import dev.troupe.cli.local.LocalSettings;
import java.util.HashMap;
import java.util.Map;

/** What the demonstration trains with: small enough for two cores and five minutes. */
final class DemoSettings {

    static final int GROUPS_PER_STEP = 6;
    private static final int NUM_GENERATIONS = 8;
    private static final int KEPT_VERSIONS = 8;

    private DemoSettings() {}

    static Map<String, String> of(DemoOptions options) {
        var settings = new HashMap<String, String>();
        settings.put("run.seed", Long.toString(options.seed()));
        settings.put("train.groups.per.step", Integer.toString(GROUPS_PER_STEP));
        settings.put("train.max.staleness", "1");
        settings.put("num_generations", Integer.toString(NUM_GENERATIONS));
        settings.put("sampling.max.completion.length", options.environment().equals("writing") ? "96" : "64");
        settings.put("trainer.max.steps", Integer.toString(options.steps()));
        settings.put("trainer.keep.versions", Integer.toString(KEPT_VERSIONS));
        settings.put("evaluator.benchmarks", "team,single");
        for (Contest contest : Contest.values()) {
            settings.putAll(LocalSettings.benchmark(
                    contest.teamId(),
                    options.environment(),
                    contest.teamId(),
                    contest.collaboration(),
                    options.steps()));
        }
        return settings;
    }
}
