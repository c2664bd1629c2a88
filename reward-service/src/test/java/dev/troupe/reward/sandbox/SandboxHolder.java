package dev.troupe.reward.sandbox;

import java.io.IOException;

/** A program that holds a sandbox until its input ends or it is killed; {@link OrphanIT} kills it. */
final class SandboxHolder {

    private SandboxHolder() {}

    public static void main(String[] args) throws IOException, InterruptedException, SandboxUnavailableException {
        try (GraalPySandbox _ = GraalPySandbox.start(SandboxOptions.defaults())) {
            while (System.in.read() >= 0) {
                // Whoever started this writes nothing; it waits for the end.
            }
        }
    }
}
