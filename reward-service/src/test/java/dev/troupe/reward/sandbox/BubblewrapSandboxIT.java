package dev.troupe.reward.sandbox;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class BubblewrapSandboxIT extends SandboxContract {

    private static Optional<BubblewrapSandbox> sandbox = Optional.empty();

    @BeforeAll
    static void start() throws Exception {
        String problem = "";
        try {
            sandbox = Optional.of(
                    BubblewrapSandbox.start(SandboxOptions.defaults().within(DEADLINE)));
        } catch (SandboxUnavailableException e) {
            problem = String.valueOf(e.getMessage());
        }
        assumeTrue(sandbox.isPresent(), "bubblewrap does not run here: " + problem);
    }

    @AfterAll
    static void stop() {
        sandbox.ifPresent(BubblewrapSandbox::close);
    }

    @Override
    Sandbox sandbox() {
        return sandbox.orElseThrow();
    }
}
