package dev.troupe.evaluator;

import java.util.List;

/**
 * Versions that an evaluated one is compared with, task by task.
 *
 * @param references as they played when they were evaluated
 * @param shadows that play again, beside the evaluated one
 */
record Rivals(List<VersionName> references, List<VersionName> shadows) {

    Rivals {
        references = List.copyOf(references);
        shadows = List.copyOf(shadows);
    }
}
