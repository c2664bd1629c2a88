package dev.troupe.cli;

import dev.troupe.runtime.ArchitectureRules;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    @Test
    void keepsTheHouseRules() {
        ArchitectureRules.check("dev.troupe.cli");
    }
}
