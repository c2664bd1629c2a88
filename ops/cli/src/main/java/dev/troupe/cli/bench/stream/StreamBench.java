package dev.troupe.cli.bench.stream;

import dev.troupe.cli.bench.machine.Machine;
import dev.troupe.cli.bench.stream.StreamPlan.Part;
import dev.troupe.cli.bench.stream.StreamReport.Latency;
import dev.troupe.cli.bench.stream.StreamReport.Live;
import dev.troupe.cli.bench.stream.StreamReport.Scale;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Runs a plan: everything that a single team plays on one stage, the scale on another. */
final class StreamBench {

    /** Groups that are played before anything is measured, at most. */
    private static final int WARM_UP = 400;

    private final StreamPlan plan;
    private final Consumer<String> progress;

    StreamBench(StreamPlan plan, Consumer<String> progress) {
        this.plan = plan;
        this.progress = progress;
    }

    StreamReport run() throws IOException, InterruptedException {
        double loadBefore = Machine.loadAverage();
        List<Measured> lanes = List.of();
        Optional<Latency> latency = Optional.empty();
        List<Live> live = List.of();
        boolean scaleAlone = plan.parts().equals(Set.of(Part.SCALE));
        if (!scaleAlone) {
            try (Stage stage = Stage.open(plan.settings());
                    var team = new InstantTeam(stage.clients(), "bench")) {
                warmUp(team);
                if (plan.parts().contains(Part.THROUGHPUT) || plan.parts().contains(Part.LATENCY)) {
                    lanes = throughput(stage, team);
                }
                if (plan.parts().contains(Part.LATENCY)) {
                    latency = Optional.of(latency(stage, team, lanes.getLast()));
                }
                // Last: its groups stay open.
                live = plan.parts().contains(Part.LIVE) ? live(team) : List.of();
                stage.requireCleanRun();
            }
        }
        List<Scale> scale = plan.parts().contains(Part.SCALE) ? new ScaleRun(plan, progress).run() : List.of();
        var load = Machine.Load.since(loadBefore);
        return new StreamReport(plan, load, lanes, latency, live, scale);
    }

    private List<Measured> throughput(Stage stage, InstantTeam team) throws IOException, InterruptedException {
        BenchTopics.create(stage.clients());
        try (var loop = new BareLoop(stage.clients(), plan.records());
                var pass = new PassThrough(stage.clients(), plan.records(), stage.directory(), stage.streams());
                var coordination = new Coordination(team, plan.groups(), plan.window())) {
            List<Lane> lanes = List.of(loop, pass, coordination);
            for (Lane lane : lanes) {
                progress.accept(line("warm-up", lane, lane.run()));
            }
            var samples = new ArrayList<List<Sample>>();
            lanes.forEach(_ -> samples.add(new ArrayList<>()));
            for (int round = 1; round <= plan.rounds(); round++) {
                for (int i = 0; i < lanes.size(); i++) {
                    Sample sample = lanes.get(i).run();
                    samples.get(i).add(sample);
                    progress.accept(line("round " + round, lanes.get(i), sample));
                }
            }
            var measured = new ArrayList<Measured>();
            for (int i = 0; i < lanes.size(); i++) {
                measured.add(new Measured(lanes.get(i).name(), samples.get(i)));
            }
            return measured;
        }
    }

    private void warmUp(InstantTeam team) throws IOException {
        team.play(Math.min(WARM_UP, 4L * plan.groups()), plan.window());
    }

    private Latency latency(Stage stage, InstantTeam team, Measured coordinator) throws IOException {
        double groupsPerSecond = coordinator.median(Sample::episodesPerSecond) / Rehearsal.EPISODES / 2;
        long groups = Math.max(2, (long) (groupsPerSecond * plan.latency().toMillis() / 1000));
        try (var watch = new StepWatch(stage.clients())) {
            watch.start();
            team.playAt(groupsPerSecond, groups, watch::played);
            var found = new Latency(groupsPerSecond * Rehearsal.EPISODES, watch.fromTurn(), watch.fromAction());
            progress.accept("latency: " + found);
            return found;
        }
    }

    private List<Live> live(InstantTeam team) throws IOException {
        var found = new ArrayList<Live>();
        for (int groups : plan.live()) {
            team.hold(groups);
            team.fill();
            var lane = new Coordination(team, plan.groups(), plan.window());
            var samples = new ArrayList<Sample>();
            for (int round = 1; round <= plan.rounds(); round++) {
                Sample sample = lane.run();
                samples.add(sample);
                progress.accept(line("%,d live groups, round %d".formatted(groups, round), lane, sample));
            }
            found.add(new Live(groups, new Measured(lane.name(), samples)));
        }
        return found;
    }

    private static String line(String when, Lane lane, Sample sample) {
        return String.format(
                Locale.ROOT,
                "%s: %s %,.0f records/s, %.3f CPU-s per 1,000 (process %.3f)",
                when,
                lane.name(),
                sample.recordsPerSecond(),
                sample.ownCpuPerThousand(),
                sample.processCpuPerThousand());
    }
}
