package dev.troupe.cli.bench.swap;

import dev.troupe.runtime.artifact.ArtifactException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** An agent whose queue is always full. */
public final class BusyAgent {

    private static final int WINDOW = 192;
    private static final int TOKENS = 64;

    private BusyAgent() {}

    /**
     * Share of the wall-clock in which its decoding thread computes, on a broker of its own.
     *
     * @param versions that it serves one after another meanwhile
     */
    public static double share(int versions, Consumer<String> progress)
            throws IOException, ArtifactException, InterruptedException {
        CheckpointSize smallest = CheckpointSize.ALL.getFirst();
        var plan = new SwapPlan(versions, 0, List.of(smallest), List.of("finish"), WINDOW, TOKENS, Map.of());
        return new SwapRun(plan, smallest, "finish", progress).run().busyShare();
    }
}
