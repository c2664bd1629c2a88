package dev.troupe.cli.bench.sandbox;

import dev.troupe.cli.bench.machine.Machine;
import dev.troupe.cli.bench.sandbox.SandboxReport.Row;
import dev.troupe.reward.sandbox.BarePython;
import dev.troupe.reward.sandbox.BubblewrapSandbox;
import dev.troupe.reward.sandbox.GraalPySandbox;
import dev.troupe.reward.sandbox.Sandbox;
import dev.troupe.reward.sandbox.SandboxOptions;
import dev.troupe.reward.sandbox.SandboxUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** Judges programs in bare processes and in the sandboxes, in turns, by one caller that waits for each verdict. */
final class SandboxBench {

    static final String BARE = "bare CPython";

    /** Programs of each lane that are not counted. */
    private static final int WARM_UP = 5;

    private static final double NANOS = 1e9;

    private final int rounds;
    private final int programs;
    private final Consumer<String> progress;

    SandboxBench(int rounds, int programs, Consumer<String> progress) {
        this.rounds = rounds;
        this.programs = programs;
        this.progress = progress;
    }

    /** @throws SandboxUnavailableException when there is nothing to compare with, or a sandbox was lost on the way */
    SandboxReport run() throws SandboxUnavailableException, InterruptedException {
        // A busy machine takes its time, and a program that is late has no place here.
        SandboxOptions options = SandboxOptions.defaults().within(Duration.ofSeconds(30));
        double before = Machine.loadAverage();
        try (BarePython bare = BarePython.start(options);
                BubblewrapSandbox bubblewrap = BubblewrapSandbox.start(options);
                GraalPySandbox graalpy = GraalPySandbox.start(options)) {
            progress.accept("sandboxes: " + bubblewrap + "; " + graalpy);
            var lanes = new LinkedHashMap<String, Sandbox>();
            lanes.put(BARE, bare);
            lanes.put("bubblewrap", bubblewrap);
            lanes.put("graalpy", graalpy);
            List<Row> rows = measure(lanes);
            var load = Machine.Load.since(before);
            return new SandboxReport(rounds, programs, bubblewrap.toString(), load, rows);
        }
    }

    private List<Row> measure(Map<String, Sandbox> lanes) throws SandboxUnavailableException, InterruptedException {
        var rates = new LinkedHashMap<Work, Map<String, List<Double>>>();
        for (int round = 0; round <= rounds; round++) {
            boolean warmingUp = round == 0;
            for (Work work : Work.values()) {
                for (Map.Entry<String, Sandbox> lane : lanes.entrySet()) {
                    double rate = rate(work, lane.getValue(), warmingUp ? WARM_UP : programs, round);
                    if (!warmingUp) {
                        rates.computeIfAbsent(work, _ -> new LinkedHashMap<>())
                                .computeIfAbsent(lane.getKey(), _ -> new ArrayList<>())
                                .add(rate);
                        progress.accept(String.format(
                                Locale.ROOT,
                                "round %d of %d, %s, %s: %.1f programs/s",
                                round,
                                rounds,
                                work.label(),
                                lane.getKey(),
                                rate));
                    }
                }
            }
        }
        var rows = new ArrayList<Row>();
        rates.forEach((work, byLane) -> {
            List<Double> bare = byLane.getOrDefault(BARE, List.of());
            byLane.forEach((lane, found) -> rows.add(new Row(work.label(), lane, found, bare)));
        });
        return rows;
    }

    private static double rate(Work work, Sandbox sandbox, int programs, int round)
            throws SandboxUnavailableException, InterruptedException {
        long started = System.nanoTime();
        for (int i = 0; i < programs; i++) {
            work.judge(sandbox, round * programs + i);
        }
        return programs / ((System.nanoTime() - started) / NANOS);
    }
}
