package dev.troupe.reward.sandbox;

import dev.troupe.reward.sandbox.PythonProgram.Unit;
import java.time.Duration;
import java.util.List;

/** A program that runs another without end in the sandbox of a kind, until it is killed; {@link OrphanIT} kills it. */
final class SandboxHolder {

    private SandboxHolder() {}

    public static void main(String[] args) throws InterruptedException, SandboxUnavailableException {
        SandboxOptions options =
                SandboxOptions.defaults().within(Duration.ofMinutes(2)).with(SandboxKind.valueOf(args[0]));
        try (OwnedSandbox sandbox = new Sandboxes(options).start()) {
            sandbox.run(new PythonProgram("", List.of(new Unit("main", "while True: pass")), List.of()));
        }
    }
}
