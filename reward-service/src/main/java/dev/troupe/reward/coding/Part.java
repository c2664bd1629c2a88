package dev.troupe.reward.coding;

import static java.util.Objects.requireNonNull;

import dev.troupe.reward.sandbox.PythonProgram.Unit;

/**
 * One role's part of a joint program.
 *
 * @param role helper, main or single
 * @param function the function it is to define
 * @param code the reading of its completion that is judged
 */
record Part(String role, String function, String code, TextFacts facts) {

    Part {
        requireNonNull(role, "role is null");
        requireNonNull(function, "function is null");
        requireNonNull(code, "code is null");
        requireNonNull(facts, "facts is null");
    }

    Unit unit() {
        return new Unit(function, code);
    }
}
