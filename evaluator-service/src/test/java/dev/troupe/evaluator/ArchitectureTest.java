package dev.troupe.evaluator;

import dev.troupe.runtime.ArchitectureRules;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    @Test
    void holdsTheRules() {
        ArchitectureRules.check("dev.troupe.evaluator");
    }
}
