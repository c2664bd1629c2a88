package dev.troupe.reward.sandbox;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class GraalPyMatrixIT extends SandboxMatrix {

    private @Nullable GraalPySandbox sandbox;

    @BeforeAll
    void start() throws Exception {
        sandbox = GraalPySandbox.start(options());
    }

    @AfterAll
    void stop() throws Exception {
        if (sandbox != null) {
            sandbox.close();
        }
        publish();
    }

    @Override
    OwnedSandbox sandbox() {
        return requireNonNull(sandbox);
    }

    @Override
    String column() {
        return "graalpy";
    }

    /** The contexts of the next run are made within this one's time, and that takes long on a busy machine. */
    @Override
    Duration margin() {
        return Duration.ofSeconds(5);
    }

    /** The child JVM. */
    @Override
    int residents() {
        return 1;
    }

    @Override
    List<String> expected(HostileProgram program) {
        return switch (program.name()) {
            case "01-infinite-loop", "02-sleep", "03-swallow-exceptions" -> List.of("TIMEOUT");
            case "06-memory-lists" -> List.of("MEMORY", "TIMEOUT");
            case "09-flood-print", "09-flood-stderr" -> List.of("OUTPUT");
            case "11-fill-disk", "11-inodes" -> List.of("PermissionError");
            default -> List.of();
        };
    }
}
