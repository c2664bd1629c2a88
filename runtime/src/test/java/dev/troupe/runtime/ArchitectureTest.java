package dev.troupe.runtime;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ArchitectureTest {

    @Test
    void keepsTheRules() {
        ArchitectureRules.check("dev.troupe.runtime");
    }

    @Test
    void refusesToCheckNothing() {
        assertThatThrownBy(() -> ArchitectureRules.check("dev.troupe.nowhere"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("dev.troupe.nowhere");
    }
}
