package dev.troupe.cli.local;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Settings of the services in local mode: a team and a single agent, both trained from the reference policy. */
public final class LocalSettings {

    private static final int MAX_JUDGES = 4;
    private static final String HELD_OUT = "heldout.jsonl";

    private LocalSettings() {}

    /** The shipped files, beside the launcher. */
    public static Path examples() {
        return Path.of(System.getProperty("troupe.home", ".")).resolve("examples");
    }

    /** What suits the reference policy; {@code policy} is another checkpoint to train from, or null. */
    public static Map<String, String> common(@Nullable Path policy) {
        Path checkpoint = policy == null ? examples().resolve("reference-policy") : policy;
        return Map.of(
                "trainer.initial.checkpoint", checkpoint.toString(),
                "trainer.teams", "team,single",
                "coordinator.store", "memory",
                // Everyone waits for a single judge, and that one mostly for its sandbox's processes.
                "judge.workers",
                        Integer.toString(
                                Math.min(MAX_JUDGES, Runtime.getRuntime().availableProcessors())),
                "grpo.learning_rate", "5e-4",
                // Dr. GRPO's choice: a nearly solved group has a tiny deviation, and dividing by it drives a small
                // policy away.
                "grpo.scale_rewards", "none");
    }

    /** Benchmarks of both teams on the held-out coding tasks. */
    public static Map<String, String> benchmarks() {
        var settings = new HashMap<String, String>();
        settings.put("evaluator.benchmarks", "coding-team,coding-single");
        settings.putAll(benchmark("coding-team", "coding", "team", "parallel", 20));
        settings.putAll(benchmark("coding-single", "coding", "single", "single", 20));
        return settings;
    }

    /** @param every version 0 and each multiple of this are evaluated */
    public static Map<String, String> benchmark(
            String name, String environment, String teamId, String collaboration, int every) {
        String prefix = "benchmark." + name + ".";
        return Map.of(
                prefix + "tasks",
                examples().resolve(environment).resolve(HELD_OUT).toString(),
                prefix + "team",
                teamId,
                prefix + "collaboration",
                collaboration,
                prefix + "every",
                Integer.toString(every));
    }
}
