package dev.troupe.cli.bench.swap;

import dev.troupe.runtime.artifact.ArtifactException;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** How busy agents are. */
public final class BusyAgent {

    private static final String BUSY = "troupe.agent.decode.busy";
    private static final int WINDOW = 192;
    private static final int TOKENS = 64;

    private BusyAgent() {}

    /** Seconds in which the decoding threads of the agents that the registry knows have computed. */
    public static double seconds(MeterRegistry meters) {
        return meters.find(BUSY).functionCounters().stream()
                .mapToDouble(FunctionCounter::count)
                .sum();
    }

    /**
     * Share of the wall-clock in which an agent's decoding thread computes whose queue is always full, on a broker of
     * its own.
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
