package dev.troupe.reward;

import dev.troupe.runtime.ArchitectureRules;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    @Test
    void keepsTheRules() {
        ArchitectureRules.check("dev.troupe.reward");
    }
}
