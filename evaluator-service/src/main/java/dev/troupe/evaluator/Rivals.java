package dev.troupe.evaluator;

import java.util.List;

/**
 * What an evaluated version is compared with, task by task.
 *
 * @param references as they played when they were evaluated
 * @param shadows that play again, beside the evaluated one
 * @param baselines other benchmarks on the same tasks, as they were evaluated last
 */
record Rivals(List<VersionName> references, List<VersionName> shadows, List<String> baselines) {

    static final Rivals NONE = new Rivals(List.of(), List.of(), List.of());

    Rivals {
        references = List.copyOf(references);
        shadows = List.copyOf(shadows);
        baselines = List.copyOf(baselines);
    }
}
